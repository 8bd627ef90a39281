import { assert, LakeError } from '@ticklake/core';
import type { UnifiedDataset } from '@ticklake/market';
import {
  aggtradesScheme,
  futuresMonthScheme,
  futuresScheme,
  klinesScheme,
  unifiedDayOf,
} from '@ticklake/partition';
import type { Market } from '../sources/find-sources.js';
import { daysOfPeriod, type DaySpan, type PartitionDate } from './partition-period.js';

/** Where a partition of a dataset is published: a key prefix that ends in `/` (UC-06, UC-07, D-23). */
export function partitionPath(dataset: UnifiedDataset, market: Market, date: PartitionDate): string {
  const { day, ...month } = date;
  if (day === undefined) {
    assert(dataset.name === 'futures', 'only fundings are kept by month');
    return futuresMonthScheme.format({ ...market, ...month });
  }
  switch (dataset.name) {
    case 'klines':
      return klinesScheme.format({ ...market, ...month, day });
    case 'aggtrades':
      return aggtradesScheme.format({ ...market, ...month, day });
    case 'futures':
      return futuresScheme.format({ ...market, ...month, day });
  }
}

/** The folder of a whole dataset, such as `klines/binance_BTCUSDT_1m`. */
export function datasetPath(dataset: UnifiedDataset, market: Market): string {
  return partitionPath(dataset, market, { year: 2000, month: 1, day: 1 }).split('/').slice(0, 2).join('/');
}

/** The day, or month, of a partition of any dataset, as `periodText` has it; `undefined` for a path that is none. */
export function periodOfPath(path: string): string | undefined {
  const parsed = klinesScheme.parse(path) ?? aggtradesScheme.parse(path) ?? futuresScheme.parse(path);
  if (parsed !== undefined) return unifiedDayOf(parsed);
  const month = futuresMonthScheme.parse(path);
  return month === undefined ? undefined : unifiedDayOf({ ...month, day: 1 })?.slice(0, 7);
}

/** The days of a partition, as its directories say. @throws LakeError `invalid` (`DOCUMENT`) for a path that names none. */
export function daysOfDirectory(path: string): DaySpan {
  const period = periodOfPath(path);
  if (period !== undefined) return daysOfPeriod(period);
  throw new LakeError('invalid', 'the metadata names a partition that is none', {
    code: 'DOCUMENT',
    details: { path },
  });
}
