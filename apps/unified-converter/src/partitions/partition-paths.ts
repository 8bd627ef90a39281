import { dayOfMs } from '@ticklake/core';
import type { ColumnUnit, UnifiedDataset } from '@ticklake/market';
import { aggtradesScheme, futuresScheme, klinesScheme } from '@ticklake/partition';
import type { Market } from '../sources/find-sources.js';

/** A day, as directories name it. */
export interface PartitionDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Milliseconds of a day. */
export const DAY_MS = 86_400_000;

/** The day that is `dayNumber` days after 1970-01-01. */
export function partitionDay(dayNumber: number): PartitionDay {
  const [year = 0, month = 0, day = 0] = dayOfMs(dayNumber * DAY_MS)
    .split('-')
    .map(Number);
  return { year, month, day };
}

/** How many units of a time make a day. */
export function unitsOfDay(unit: ColumnUnit): number {
  return unit === 'ms' ? DAY_MS : DAY_MS * 1000;
}

/** Where a day of a dataset is published: a key prefix that ends in `/` (UC-06, UC-07). */
export function partitionPath(dataset: UnifiedDataset, market: Market, day: PartitionDay): string {
  switch (dataset.name) {
    case 'klines':
      return klinesScheme.format({ ...market, ...day });
    case 'aggtrades':
      return aggtradesScheme.format({ ...market, ...day });
    case 'futures':
      return futuresScheme.format({ ...market, ...day });
  }
}

/** The folder of a whole dataset, such as `klines/binance_BTCUSDT_1m`. */
export function datasetPath(dataset: UnifiedDataset, market: Market): string {
  return partitionPath(dataset, market, { year: 2000, month: 1, day: 1 }).split('/').slice(0, 2).join('/');
}
