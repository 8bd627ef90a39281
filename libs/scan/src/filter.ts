import type { DataType, Schema } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import { createPredicate, type Predicate, type PredicateKind } from './predicate.js';

/**
 * What a value is compared with: a text for strings; a number or bigint for numbers; true or false. Dates, times and timestamps are the
 * integers that they are stored as: days since 1970-01-01, or the column's unit.
 */
export type FilterValue = string | number | bigint | boolean;

/** How a filter compares. `=` and `==` are one; `between` includes both ends. */
export type FilterOperator = '=' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'between';

/** One condition on a column; `in` takes a list, `between` a list of two, the lower one first. */
export type Filter = readonly [
  column: string,
  operator: FilterOperator,
  value: FilterValue | readonly FilterValue[],
];

const OPERATORS: readonly string[] = [
  '=',
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'in',
  'between',
] satisfies readonly FilterOperator[];

/**
 * Predicates for all of `filters`: a row has to match every one of them (RD-15). Null matches none. NaN matches `!=` and nothing else, and
 * text is in the order of its UTF-8 bytes, which is that of code points. Numbers and bigints are compared exactly.
 *
 * @throws LakeError `invalid` (`FILTER`) for a column that is not there or cannot be compared (bytes, decimals and nested ones), an operator that
 *   is none of {@link FilterOperator}, or a value that cannot be compared with the column.
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
    if (isList !== (operator === 'in' || operator === 'between'))
      throw refuse('a list goes with in and between, and with nothing else');
    const values: readonly FilterValue[] = isList ? value : [value as FilterValue];
    if (operator === 'between' && values.length !== 2) throw refuse('between takes a list of two');
    const kind = kindOf(type);
    if (kind === undefined) throw refuse('columns of this type cannot be compared');
    if (!values.every((one) => isOfKind(one, kind)))
      throw refuse('the value is of another type than the column');
    return createPredicate({ column, operator, values, kind });
  });
}

/** How values of a type are compared; `undefined` where they are not. Internal. */
export function kindOf(type: DataType): PredicateKind | undefined {
  switch (type.kind) {
    case 'utf8':
      return 'text';
    case 'bool':
      return 'bool';
    case 'float':
      return 'float';
    case 'int':
    case 'date':
    case 'time':
    case 'timestamp':
      return 'integer';
    default:
      return undefined;
  }
}

/** Whether a value can be compared with those of a kind. Internal. */
export function isOfKind(value: FilterValue, kind: PredicateKind): boolean {
  if (kind === 'text') return typeof value === 'string';
  if (kind === 'bool') return typeof value === 'boolean';
  return typeof value === 'bigint' || (typeof value === 'number' && !Number.isNaN(value));
}
