import { typeText, type Schema, type TimeUnit } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';

import type { Dataset } from './dataset.js';

/**
 * Makes sure that rows of `schema` can be ordered in time as `dataset` says: its time column is there, as int64 or as
 * a timestamp. Further columns, absent ones and other types are not judged here: what counts is that the files of
 * one partition agree, see {@link diffSchemas}.
 *
 * @throws LakeError `corrupt` (`SCHEMA_MISMATCH`) when the time column is missing or has another type.
 */
export function checkSchema(dataset: Dataset, schema: Schema): void {
  const column = dataset.timeColumn;
  const type = schema.fields.find(({ name }) => name === column)?.type;
  if (type?.kind === 'timestamp') return;
  if (type?.kind === 'int' && type.bits === 64 && type.signed) return;
  throw new LakeError('corrupt', 'the time column is missing or is neither int64 nor a timestamp', {
    code: 'SCHEMA_MISMATCH',
    details: { dataset: dataset.name, column, found: type === undefined ? 'nothing' : typeText(type) },
  });
}

/**
 * The unit that the file itself declares for `ts_event`. `undefined` for a bare int64, which says nothing about its
 * unit; it is never guessed from the size of the numbers.
 */
export function tsUnitOf(schema: Schema): TimeUnit | undefined {
  const type = schema.fields.find(({ name }) => name === 'ts_event')?.type;
  return type?.kind === 'timestamp' ? type.unit : undefined;
}
