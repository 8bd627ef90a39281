import { assert } from '@ticklake/core';
import type { RecordBatch } from './batch.js';
import { columnAt } from './column-of.js';
import { concatColumns } from './concat-columns.js';
import { schemaText } from './fingerprint-schema.js';

/** At least one batch, all of one schema, rows one after another. A single batch is returned as it is. */
export function concatBatches(batches: readonly RecordBatch[]): RecordBatch {
  const first = batches[0];
  assert(first !== undefined, 'there is at least one batch');
  if (batches.length === 1) return first;
  const { schema } = first;
  const text = schemaText(schema);
  for (const batch of batches) {
    assert(batch.schema === schema || schemaText(batch.schema) === text, 'batches have one schema');
  }
  const columns = schema.fields.map(({ type }, i) =>
    concatColumns(
      type,
      batches.map((batch) => columnAt(batch, i)),
    ),
  );
  return { schema, rowCount: batches.reduce((sum, batch) => sum + batch.rowCount, 0), columns };
}
