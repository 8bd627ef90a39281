import type { RecordBatch } from './batch.js';
import { takeColumn } from './take-column.js';

/** Rows `rows[0]`, `rows[1]`, … as a new batch, repeats allowed. */
export function takeRows(batch: RecordBatch, rows: Uint32Array): RecordBatch {
  const columns = batch.columns.map((column) => takeColumn(column, rows));
  return { schema: batch.schema, rowCount: rows.length, columns };
}
