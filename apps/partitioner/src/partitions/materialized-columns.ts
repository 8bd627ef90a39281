import type { DataType, Field, RecordBatch, Schema } from '@ticklake/columnar';
import { LakeError, startOfDayMs } from '@ticklake/core';
import { constantColumns } from '@ticklake/scan';
import type { PartitionNames } from './partition-names.js';

const INT16: DataType = { kind: 'int', bits: 16, signed: true };
const UTF8: DataType = { kind: 'utf8' };

/** The columns that paths say, in the order in which the partitioner of the guide adds them (AP-23), of its types (AP-26, AP-27). */
export const NAME_FIELDS: readonly Field[] = [
  { name: 'year', type: INT16, nullable: false },
  { name: 'month', type: INT16, nullable: false },
  { name: 'day', type: INT16, nullable: false },
  { name: 'date', type: { kind: 'date' }, nullable: false },
  { name: 'venue', type: UTF8, nullable: false },
  { name: 'instrument_id', type: UTF8, nullable: false },
  { name: 'data_type', type: UTF8, nullable: false },
  { name: 'data_tier', type: UTF8, nullable: false },
  { name: 'timeframe', type: UTF8, nullable: false },
];

/** The value of a column that the path says; `undefined` where the partition has none, such as a timeframe of trades. */
export function nameValue(names: PartitionNames, column: string): string | number | undefined {
  switch (column) {
    case 'year':
      return Number(names.day.slice(0, 4));
    case 'month':
      return Number(names.day.slice(5, 7));
    case 'day':
      return Number(names.day.slice(8, 10));
    case 'date':
      return startOfDayMs(names.day) / 86_400_000;
    case 'venue':
      return names.venue;
    case 'instrument_id':
      return names.instrument;
    case 'data_type':
      return names.dataType;
    case 'data_tier':
      return names.tier;
    case 'timeframe':
      return names.timeframe;
    default:
      return undefined;
  }
}

/** What a file holds: the rows as they came, and the columns of one value that are wanted in it too. */
export interface StoredColumns {
  readonly schema: Schema;
  /** Columns of one value all over: sources have none of them. */
  readonly constants: readonly string[];
  /** Rows with these columns behind their own; the rows are not changed. */
  batch(rows: RecordBatch): RecordBatch;
}

/**
 * The columns of a partition's file. A column that rows have by the name of a wanted one stays as it is, and none is added (D-07).
 *
 * @throws LakeError `invalid` (`COLUMN`) for a wanted column that paths do not say.
 */
export function storedColumns(
  schema: Schema,
  names: PartitionNames,
  wanted: readonly string[],
): StoredColumns {
  requireNameColumns(wanted);
  const added = NAME_FIELDS.flatMap((field) => {
    const value = nameValue(names, field.name);
    const isOwn = schema.fields.some(({ name }) => name === field.name);
    return wanted.includes(field.name) && !isOwn && value !== undefined ? [{ field, value }] : [];
  });
  const constants = constantColumns(
    new Map(added.map(({ field: { name, type }, value }) => [name, { type, value }])),
  );
  const stored = { fields: [...schema.fields, ...added.map(({ field }) => field)] };
  return {
    schema: stored,
    constants: added.map(({ field }) => field.name),
    batch: ({ rowCount, columns }) => ({
      ...{ schema: stored, rowCount },
      columns: [...columns, ...added.map(({ field }) => constants.take(field.name, rowCount))],
    }),
  };
}

/** @throws LakeError `invalid` (`COLUMN`) for a column that paths do not say. */
export function requireNameColumns(wanted: readonly string[]): void {
  const known = NAME_FIELDS.map(({ name }) => name);
  const column = wanted.find((name) => !known.includes(name));
  if (column === undefined) return;
  throw new LakeError('invalid', 'no such column can be made of a path', {
    code: 'COLUMN',
    details: { column, known: known.join() },
  });
}
