import type { RecordBatch } from './batch.js';
import { sliceColumn } from './slice-column.js';

/** Rows `start … end` (end excluded) as views of the same memory. */
export function sliceBatch(batch: RecordBatch, start: number, end: number): RecordBatch {
  const columns = batch.columns.map((column) => sliceColumn(column, start, end));
  return { schema: batch.schema, rowCount: end - start, columns };
}
