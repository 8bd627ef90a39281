import {
  allocFixed,
  isFixedType,
  textColumn,
  type Column,
  type DataType,
  type Field,
  type Schema,
} from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import { isOfKind, kindOf, type FilterValue } from './filter.js';
import { compare } from './predicate.js';

/** A column that no file stores, with one value in every row: what a path says, for instance. */
export interface Constant {
  readonly type: DataType;
  readonly value: FilterValue;
}

/**
 * The schema of what a scan gives of a file with this schema, also where no row matches: `columns` in the order asked for, or, when they are
 * left out, those of the file and then the constants that it does not have. A constant stands for a column of the file that has its
 * name. Without `columns` it is what filters are checked against as well.
 *
 * @throws LakeError `invalid` (`COLUMN`) for a column that is neither in the file nor a constant, or asked for twice; (`CONSTANT`) for a
 *   constant that its type does not hold.
 */
export function scanSchema(
  { fields }: Schema,
  {
    columns,
    constants = NO_CONSTANTS,
  }: {
    readonly columns?: readonly string[] | undefined;
    readonly constants?: ReadonlyMap<string, Constant> | undefined;
  },
): Schema {
  for (const [name, constant] of constants) constantColumn(name, constant, 0);
  const named = new Map<string, Field>(fields.map((field) => [field.name, field]));
  for (const [name, { type }] of constants) named.set(name, { name, type, nullable: false });
  if (columns === undefined) return { fields: [...named.values()] };
  if (new Set(columns).size < columns.length) throw refused('a column is asked for twice', columns.join());
  return {
    fields: columns.map((name) => {
      const field = named.get(name);
      if (field === undefined) throw refused('there is no such column', name);
      return field;
    }),
  };
}

/** Of constants that are left out. Internal. */
export const NO_CONSTANTS: ReadonlyMap<string, Constant> = new Map();

/** `rowCount` rows of a constant: text as one entry of a dictionary. @throws LakeError `invalid` (`CONSTANT`) for a value that its type does not hold. */
export function constantColumn(name: string, { type, value }: Constant, rowCount: number): Column {
  const kind = kindOf(type);
  const refuse = () =>
    new LakeError('invalid', 'a constant is not of its type', {
      code: 'CONSTANT',
      details: { column: name, value: String(value) },
    });
  if (kind === undefined || !isOfKind(value, kind)) throw refuse();
  if (!isFixedType(type)) {
    const dictionary = textColumn([value as string]).values;
    return { layout: 'dictionary', codes: new Uint32Array(rowCount), dictionary };
  }
  // One row more, to see what becomes of the value.
  const values = allocFixed(type, rowCount + 1);
  const number = typeof value === 'boolean' ? Number(value) : (value as number | bigint);
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    if (typeof number === 'number' && !Number.isInteger(number)) throw refuse();
    values.fill(BigInt(number));
  } else values.fill(Number(number));
  if (compare(values[0] as number | bigint, number) !== 0) throw refuse();
  return { layout: 'fixed', values: values.subarray(0, rowCount) };
}

function refused(message: string, column: string): LakeError {
  return new LakeError('invalid', message, { code: 'COLUMN', details: { column } });
}
