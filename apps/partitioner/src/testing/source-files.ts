import type { RecordBatch } from '@ticklake/columnar';
import { createParquetSink } from '@ticklake/parquet';
import { memorySink } from '@ticklake/parquet/testing';
import { PARQUET } from '../limits.js';
import { ARENA, batchOf } from './context.js';
import { tradesCsv } from './small-lake.js';

/** The day that sources of these suites are of. */
export const DAY = '2023-05-23';
/** Its first microsecond. */
export const US = Date.parse(`${DAY}T00:00:00Z`) * 1000;
/** A source without a fault: trades of 10 and 20. */
export const GOOD = tradesCsv(DAY, [
  ['BTCUSDT', 1, 10],
  ['BTCUSDT', 2, 20],
]);

/** A batch as a Parquet file. */
export async function parquet(batch: RecordBatch): Promise<Uint8Array> {
  const target = memorySink();
  const options = { ...PARQUET, createdBy: 'test', sortingColumns: [] };
  const sink = createParquetSink({ target, arena: ARENA }, batch.schema, options);
  await sink.write(batch);
  await sink.finish({});
  sink.close();
  return target.bytes();
}

/** Two trades as Tardis has them, with other columns in the place of some. */
export const tradesBatch = (changes: Parameters<typeof batchOf>[0] = {}) =>
  batchOf({
    exchange: ['binance', 'binance'],
    symbol: ['BTCUSDT', 'BTCUSDT'],
    timestamp: [BigInt(US), BigInt(US) + 1n],
    local_timestamp: [BigInt(US), BigInt(US) + 1n],
    id: ['1', '2'],
    side: ['buy', 'sell'],
    price: [1, 2],
    amount: [1, 2],
    ...changes,
  });

/** A batch without one of its columns. */
export const without = (batch: RecordBatch, name: string): RecordBatch => {
  const place = batch.schema.fields.findIndex((field) => field.name === name);
  const keep = <T>(all: readonly T[]) => all.filter((_, i) => i !== place);
  return { ...batch, schema: { fields: keep(batch.schema.fields) }, columns: keep(batch.columns) };
};
