import { textColumn, type Field, type RecordBatch } from '@ticklake/columnar';
import { parseUtcDay } from '@ticklake/core';
import { memoryStore, type ObjectStore } from '@ticklake/storage';
import { compact } from '../job.js';
import type { Settings } from '../settings.js';
import { testContext, testRequest, testSettings } from './context.js';
import { parquetBytes } from './spool.js';

/** One row of a stream as a collector writes it; times in milliseconds since 1970. */
export interface MarketRow {
  readonly event: number;
  /** The time of the event when left out; null where the collector had none. */
  readonly received?: number | null;
  readonly id?: string | null;
}

const int64: Field['type'] = { kind: 'int', bits: 64, signed: true };

/** Rows with `ts_event`, `ts_recv` and `trade_id`. */
export function marketBatch(rows: readonly MarketRow[]): RecordBatch {
  const received = rows.map((row) => (row.received === undefined ? row.event : row.received));
  return {
    schema: {
      fields: [
        { name: 'ts_event', type: int64, nullable: true },
        { name: 'ts_recv', type: int64, nullable: true },
        { name: 'trade_id', type: { kind: 'utf8' }, nullable: true },
      ],
    },
    rowCount: rows.length,
    columns: [
      { layout: 'fixed', values: BigInt64Array.from(rows, ({ event }) => BigInt(event)) },
      {
        layout: 'fixed',
        values: BigInt64Array.from(received, (time) => BigInt(time ?? 0)),
        validity: Uint8Array.from(received, (time) => (time === null ? 0 : 1)),
      },
      textColumn(rows.map(({ id }) => id ?? null)),
    ],
  };
}

/**
 * Compacts one spool file of `rows` for each name (`exchange/stream/symbol/YYYYMMDD`), some months after the last of them.
 * Gives the spool and the lake.
 */
export async function publishMarket(
  partitions: Readonly<Record<string, readonly MarketRow[]>>,
  settings: Partial<Settings> = {},
): Promise<{ readonly raw: ObjectStore; readonly compact: ObjectStore }> {
  const stores = { raw: memoryStore(), compact: memoryStore() };
  for (const [name, rows] of Object.entries(partitions)) {
    const [exchange, stream, symbol, date] = name.split('/');
    const key = `exchange=${exchange}/stream=${stream}/symbol=${symbol}/date=${date}/part-1770110000-000000.parquet`;
    await stores.raw.put(key, await parquetBytes(marketBatch(rows), rows.length));
  }
  const days = Object.keys(partitions).map((name) => parseUtcDay(name.slice(-8)));
  const [fromDay = parseUtcDay('20260203')] = days.toSorted();
  const context = testContext(stores, {
    today: '2026-06-01',
    settings: testSettings({ rowGroupRows: 10_000, pageRows: 5_000, ...settings }),
  });
  const range = { mode: 'backfill', fromDay, toDay: days.toSorted().at(-1) } as const;
  const summary = await compact(testRequest({ days: range }), context);
  if (summary.failed > 0) throw new Error('the partitions of a test are sound');
  return stores;
}
