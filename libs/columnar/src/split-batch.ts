import type { RecordBatch } from './batch.js';
import { takeRows } from './take-rows.js';

/**
 * Rows grouped by the text `by` gives their row number; groups in order of first appearance, each group's rows in
 * their original order. The inverse of a merge: merging the groups of a sorted batch gives the batch back.
 */
export function splitBatch(batch: RecordBatch, by: (row: number) => string): Map<string, RecordBatch> {
  const rows = new Map<string, number[]>();
  for (let row = 0; row < batch.rowCount; row++) {
    const key = by(row);
    const group = rows.get(key);
    if (group === undefined) rows.set(key, [row]);
    else group.push(row);
  }
  return new Map([...rows].map(([key, group]) => [key, takeRows(batch, Uint32Array.from(group))]));
}
