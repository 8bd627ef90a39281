import { decodeDictionary, type Column, type DataType, type Schema } from '@ticklake/columnar';
import { assert, LakeError } from '@ticklake/core';

/** What a value is compared with; a text for strings, a number or bigint for numbers, true or false. */
export type FilterValue = string | number | bigint | boolean;

/** How a filter compares. `=` and `==` are one. */
export type FilterOperator = '=' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in';

/** One condition on a column; `in` takes a list. */
export type Filter = readonly [
  column: string,
  operator: FilterOperator,
  value: FilterValue | readonly FilterValue[],
];

/** A filter that was checked against a schema. */
export interface Predicate {
  readonly column: string;
  /** Whether a row with this value is wanted; null never is. */
  matches(value: FilterValue): boolean;
  /** Whether a value between these two may be wanted. */
  mayMatch(min: number | bigint, max: number | bigint): boolean;
}

const OPERATORS: readonly string[] = [
  '=',
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'in',
] satisfies readonly FilterOperator[];

/**
 * Predicates for all of `filters`: a row has to match every one of them.
 *
 * @throws LakeError `invalid` (`FILTER`) for a column that is not there, an operator that is none of {@link FilterOperator}, or a value that
 *   cannot be compared with the column.
 */
export function predicatesOf(filters: readonly Filter[], schema: Schema): readonly Predicate[] {
  return filters.map((filter) => {
    const [column, operator, value] = filter;
    const type = schema.fields.find(({ name }) => name === column)?.type;
    const refuse = (reason: string) =>
      new LakeError('invalid', `a filter cannot be used: ${reason}`, {
        code: 'FILTER',
        details: { column, operator, value: String(value) },
      });
    if (type === undefined) throw refuse('there is no such column');
    if (!OPERATORS.includes(operator)) throw refuse('there is no such operator');
    const isList = typeof value === 'object';
    if (isList !== (operator === 'in')) throw refuse('a list goes with in, and with nothing else');
    const values: readonly FilterValue[] = isList ? value : [value as FilterValue];
    if (!values.every((one) => isComparable(type, one)))
      throw refuse('the value is of another type than the column');
    return { column, ...comparison(operator, values) };
  });
}

function isComparable({ kind }: DataType, value: FilterValue): boolean {
  if (kind === 'utf8') return typeof value === 'string';
  if (kind === 'bool') return typeof value === 'boolean';
  return typeof value === 'bigint' || (typeof value === 'number' && !Number.isNaN(value));
}

function comparison(operator: FilterOperator, values: readonly FilterValue[]): Omit<Predicate, 'column'> {
  const [first] = values as [FilterValue];
  const mayEqual = (min: FilterValue, max: FilterValue) => (one: FilterValue) =>
    !isLess(one, min) && !isLess(max, one);
  switch (operator) {
    case '=':
    case '==':
      return { matches: (value) => isEqual(value, first), mayMatch: (min, max) => mayEqual(min, max)(first) };
    case '!=':
      return {
        matches: (value) => !isEqual(value, first),
        mayMatch: (min, max) => !isEqual(min, first) || !isEqual(max, first),
      };
    case '<':
      return { matches: (value) => isLess(value, first), mayMatch: (min) => isLess(min, first) };
    case '<=':
      return { matches: (value) => !isLess(first, value), mayMatch: (min) => !isLess(first, min) };
    case '>':
      return { matches: (value) => isLess(first, value), mayMatch: (_, max) => isLess(first, max) };
    case '>=':
      return { matches: (value) => !isLess(value, first), mayMatch: (_, max) => !isLess(max, first) };
    case 'in':
      return {
        matches: (value) => values.some((one) => isEqual(value, one)),
        mayMatch: (min, max) => values.some(mayEqual(min, max)),
      };
  }
}

/** Of two values of one kind. A number and a bigint are compared as the numbers they are, exactly. */
function isLess(a: FilterValue, b: FilterValue): boolean {
  return (a as number) < (b as number);
}

function isEqual(a: FilterValue, b: FilterValue): boolean {
  return !isLess(a, b) && !isLess(b, a);
}

/** The rows of a column that match, of those that `rows` still has. */
export function matchingRows(
  column: Column,
  {
    type,
    predicate,
    rows,
  }: { readonly type: DataType; readonly predicate: Predicate; readonly rows: Uint32Array },
): Uint32Array {
  const plain = column.layout === 'dictionary' ? decodeDictionary(column) : column;
  if (plain.layout === 'bytes') {
    const { offsets, data } = plain.values;
    return rows.filter((row) =>
      predicate.matches(Buffer.from(data.subarray(offsets[row], offsets[row + 1])).toString('utf8')),
    );
  }
  assert(plain.layout === 'fixed', 'columns of unified datasets are flat');
  const { values, validity } = plain;
  const isBool = type.kind === 'bool';
  return rows.filter((row) => {
    if (validity !== undefined && validity[row] === 0) return false;
    const value = values[row] as number | bigint;
    return predicate.matches(isBool ? value === 1 : value);
  });
}
