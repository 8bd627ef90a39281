import { typeText, type DataType, type Schema, type TimeUnit } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';

import type { Dataset } from './dataset.js';

/**
 * Makes sure that rows of `schema` can be ordered in time as `dataset` says: its time column is there, as int64 or as
 * a timestamp, or, where the dataset counts in days, as a date. Further columns, absent ones and other types are not
 * judged here: what counts is that the files of one partition agree, see {@link diffSchemas}.
 *
 * @throws LakeError `corrupt` (`SCHEMA_MISMATCH`) when the time column is missing or has another type.
 */
export function checkSchema(dataset: Dataset, schema: Schema): void {
  const column = dataset.timeColumn;
  const type = typeOf(schema, column);
  const countsDays = typeOf(dataset.schema, column)?.kind === 'date';
  if (countsDays && type?.kind === 'date') return;
  if (!countsDays && type !== undefined && isInstant(type)) return;
  throw new LakeError('corrupt', 'the time column is missing or has a type that is none of a time', {
    code: 'SCHEMA_MISMATCH',
    details: { dataset: dataset.name, column, found: type === undefined ? 'nothing' : typeText(type) },
  });
}

/**
 * The unit that the file itself declares for `ts_event`. `undefined` for a bare int64, which says nothing about its
 * unit; it is never guessed from the size of the numbers.
 */
export function tsUnitOf(schema: Schema): TimeUnit | undefined {
  const type = typeOf(schema, 'ts_event');
  return type?.kind === 'timestamp' ? type.unit : undefined;
}

function isInstant(type: DataType): boolean {
  return type.kind === 'timestamp' || (type.kind === 'int' && type.bits === 64 && type.signed);
}

function typeOf({ fields }: Schema, column: string): DataType | undefined {
  return fields.find(({ name }) => name === column)?.type;
}
