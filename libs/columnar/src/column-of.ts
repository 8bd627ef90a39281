import { assert, LakeError } from '@ticklake/core';
import type { Column, RecordBatch } from './batch.js';

/**
 * The column named `name`.
 *
 * @throws LakeError `invalid` when the schema has no such field.
 */
export function columnOf(batch: RecordBatch, name: string): Column {
  const index = batch.schema.fields.findIndex((field) => field.name === name);
  if (index === -1) throw new LakeError('invalid', 'there is no such column', { details: { column: name } });
  return columnAt(batch, index);
}

/** Column number `index`, which the schema has. Internal. */
export function columnAt(batch: RecordBatch, index: number): Column {
  const column = batch.columns[index];
  assert(column !== undefined, 'a batch has a column for every field');
  return column;
}
