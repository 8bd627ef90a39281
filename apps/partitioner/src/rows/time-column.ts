import { decodeDictionary, type Column, type Field, type Schema } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import type { ArchitectureDataset } from '@ticklake/market';

/** How rows have their time: which column it is, and how many of its units a day has, where its type says it. */
export interface TimeColumn {
  readonly name: string;
  readonly index: number;
  readonly unitsOfDay: number | undefined;
}

const PER_DAY = { ms: 86_400_000, us: 86_400_000_000 } as const;

/**
 * The time of rows of a schema.
 *
 * @throws LakeError `corrupt` (`SCHEMA_MISMATCH`) where the column is missing, or is neither a timestamp of milli- or microseconds nor a 64-bit
 *   integer, by which rows can be put in order and not told apart into days.
 */
export function timeColumn(schema: Schema, name: string): TimeColumn {
  const index = schema.fields.findIndex((field) => field.name === name);
  const type = schema.fields[index]?.type;
  if (type?.kind === 'timestamp' && type.unit !== 'ns')
    return { name, index, unitsOfDay: PER_DAY[type.unit] };
  if (type?.kind === 'int' && type.bits === 64 && type.signed) return { name, index, unitsOfDay: undefined };
  throw new LakeError('corrupt', 'rows have no time that can be told', {
    code: 'SCHEMA_MISMATCH',
    details: { column: name, kind: type?.kind },
  });
}

/**
 * The time by which rows are put in order and told apart into days: that in whose order sources come, which for ticks is when they arrived:
 * by anything else a file would have rows of two days, and be sorted. Rows that do not have it go by when they happened.
 */
export function orderColumn({ orderBy, timeColumn: own }: ArchitectureDataset, { fields }: Schema): string {
  const [first] = orderBy;
  return fields.some(({ name }) => name === first) ? first : own;
}

/** The order of columns in which rows are routed: the time first, the others as they are. */
export interface TimeFirst {
  readonly fields: readonly Field[];
  /** Times that come as a dictionary, as they do from files, are written out. */
  put(columns: readonly Column[]): readonly Column[];
  /** The order of the schema again. */
  restore(columns: readonly Column[]): readonly Column[];
}

/** Moves a column to the front, and back. */
export function timeFirst({ fields }: Schema, { index }: TimeColumn): TimeFirst {
  const order = [index, ...fields.keys()].filter((field, i) => i === 0 || field !== index);
  const back = fields.map((_, field) => order.indexOf(field));
  return {
    fields: order.map((i) => fields[i] as Field),
    put: (columns) => order.map((i) => (i === index ? plain(columns[i] as Column) : (columns[i] as Column))),
    restore: (columns) => back.map((i) => columns[i] as Column),
  };
}

function plain(column: Column): Column {
  return column.layout === 'dictionary' ? decodeDictionary(column) : column;
}
