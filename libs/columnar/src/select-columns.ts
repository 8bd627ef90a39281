import { LakeError } from '@ticklake/core';
import type { RecordBatch } from './batch.js';
import { columnAt } from './column-of.js';

/**
 * The columns `names`, in that order; nothing is copied.
 *
 * @throws LakeError `invalid` when the schema lacks one of them.
 */
export function selectColumns(batch: RecordBatch, names: readonly string[]): RecordBatch {
  const picked = names.map((name) => {
    const index = batch.schema.fields.findIndex((field) => field.name === name);
    const field = batch.schema.fields[index];
    if (field === undefined)
      throw new LakeError('invalid', 'there is no such column', { details: { column: name } });
    return { field, column: columnAt(batch, index) };
  });
  return {
    schema: { fields: picked.map(({ field }) => field) },
    rowCount: batch.rowCount,
    columns: picked.map(({ column }) => column),
  };
}
