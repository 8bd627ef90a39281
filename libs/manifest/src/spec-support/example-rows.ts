import { textColumn, type RecordBatch, type Schema } from '@ticklake/columnar';

/** One row of the dataset that the specs publish. */
export interface ExampleRow {
  readonly ts: bigint;
  readonly price: number;
  readonly venue: string | null;
}

/** `ts_event`, `seq`, `price`, `venue`: an order column, a sequence, a float and nullable text. */
export const exampleSchema: Schema = {
  fields: [
    { name: 'ts_event', type: { kind: 'int', bits: 64, signed: true }, nullable: false },
    { name: 'seq', type: { kind: 'int', bits: 64, signed: true }, nullable: false },
    { name: 'price', type: { kind: 'float', bits: 64 }, nullable: false },
    { name: 'venue', type: { kind: 'utf8' }, nullable: true },
  ],
};

/** `count` rows in order, with ties and nulls; another `seed` gives other rows. */
export function exampleRows(count: number, seed = 0): ExampleRow[] {
  return Array.from({ length: count }, (_, i) => ({
    ts: 1_770_000_000_000n + BigInt(Math.floor(i / 3) + seed),
    price: 100 + ((i * 37 + seed) % 101) / 4,
    venue: i % 7 === 0 ? null : `venue-${(i + seed) % 5}`,
  }));
}

/** The rows as one batch whose sequence starts at `start`. */
export function exampleBatch(rows: readonly ExampleRow[], start = 0): RecordBatch {
  return {
    schema: exampleSchema,
    rowCount: rows.length,
    columns: [
      { layout: 'fixed', values: BigInt64Array.from(rows, ({ ts }) => ts) },
      { layout: 'fixed', values: BigInt64Array.from(rows, (_, i) => BigInt(start + i)) },
      { layout: 'fixed', values: Float64Array.from(rows, ({ price }) => price) },
      textColumn(rows.map(({ venue }) => venue)),
    ],
  };
}

/** The rows cut into batches of `batchRows`. */
export async function* exampleBatches(
  rows: readonly ExampleRow[],
  batchRows: number,
): AsyncGenerator<RecordBatch> {
  for (let start = 0; start < rows.length; start += batchRows) {
    await Promise.resolve();
    yield exampleBatch(rows.slice(start, start + batchRows), start);
  }
}
