import { createMultisetHash, createRowHasher, type RecordBatch, type Schema } from '@ticklake/columnar';
import { ARENA } from './context.js';

/** How many rows there are, and what they hash to in any order. */
export interface RowSum {
  readonly rows: number;
  readonly multiset: string;
}

/** What rows of a schema add up to. */
export async function sumOf(
  batches: AsyncIterable<RecordBatch> | Iterable<RecordBatch>,
  schema: Schema,
): Promise<RowSum> {
  const hasher = createRowHasher(ARENA, schema, { exclude: [] });
  const sum = createMultisetHash();
  let rows = 0;
  try {
    for await (const batch of batches) {
      sum.add(hasher.digestBatch(batch));
      rows += batch.rowCount;
    }
    return { rows, multiset: sum.hex() };
  } finally {
    hasher.release();
  }
}
