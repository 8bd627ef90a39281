import { Buffer } from 'node:buffer';
import type { FilterOperator, FilterValue } from './filter.js';

/** How values are compared. */
export type PredicateKind = 'integer' | 'float' | 'text' | 'bool';

/** The least and the greatest of some values, or less and more than those. Of text as UTF-8, cut or not. */
export interface PredicateBounds {
  readonly min: number | bigint | Uint8Array;
  readonly max: number | bigint | Uint8Array;
}

/** A filter that was checked against a schema. */
export interface Predicate {
  readonly column: string;
  readonly kind: PredicateKind;
  /** Values of which a row has to have one, those of `=` and `in`; `undefined` for other operators. */
  readonly sought: readonly FilterValue[] | undefined;
  /** Whether a row with this value is wanted; null never is. Text may come as UTF-8. */
  matches(value: FilterValue | Uint8Array): boolean;
  /** Whether one of the values between these two may be wanted. */
  mayMatch(bounds: PredicateBounds): boolean;
}

/** Of values of one kind. Text is UTF-8 here. */
type Comparable = number | bigint | boolean | Uint8Array;

/** A predicate for values that were checked to be of its kind. Internal. */
export function createPredicate({
  column,
  operator,
  values,
  kind,
}: {
  readonly column: string;
  readonly operator: FilterOperator;
  readonly values: readonly FilterValue[];
  readonly kind: PredicateKind;
}): Predicate {
  const operands = values.map(comparable);
  const { matches, mayMatch } = comparison(operator, operands, kind);
  return {
    column,
    kind,
    sought: SEEKING.includes(operator) ? values : undefined,
    matches: (value) => matches(comparable(value)),
    mayMatch: ({ min, max }) => compare(min, max) > 0 || mayMatch(min, max),
  };
}

const SEEKING: readonly FilterOperator[] = ['=', '==', 'in'];

interface Comparison {
  matches(value: Comparable): boolean;
  mayMatch(min: Comparable, max: Comparable): boolean;
}

function comparison(
  operator: FilterOperator,
  operands: readonly Comparable[],
  kind: PredicateKind,
): Comparison {
  const [first, second = first] = operands as [Comparable, Comparable?];
  const isWithin = (value: Comparable, low: Comparable, high: Comparable) =>
    compare(value, low) >= 0 && compare(value, high) <= 0;
  switch (operator) {
    case '=':
    case '==':
      return {
        matches: (value) => compare(value, first) === 0,
        mayMatch: (min, max) => isWithin(first, min, max),
      };
    case '!=':
      return {
        matches: (value) => compare(value, first) !== 0,
        // No bound tells of NaN, which is not equal to anything.
        mayMatch: (min, max) => kind === 'float' || compare(min, first) !== 0 || compare(max, first) !== 0,
      };
    case '<':
      return { matches: (value) => compare(value, first) < 0, mayMatch: (min) => compare(min, first) < 0 };
    case '<=':
      return { matches: (value) => compare(value, first) <= 0, mayMatch: (min) => compare(min, first) <= 0 };
    case '>':
      return { matches: (value) => compare(value, first) > 0, mayMatch: (_, max) => compare(max, first) > 0 };
    case '>=':
      return {
        matches: (value) => compare(value, first) >= 0,
        mayMatch: (_, max) => compare(max, first) >= 0,
      };
    case 'in':
      return {
        matches: (value) => operands.some((one) => compare(value, one) === 0),
        mayMatch: (min, max) => operands.some((one) => isWithin(one, min, max)),
      };
    case 'between':
      return {
        matches: (value) => isWithin(value, first, second),
        mayMatch: (min, max) => compare(max, first) >= 0 && compare(min, second) <= 0,
      };
  }
}

function comparable(value: FilterValue | Uint8Array): Comparable {
  return typeof value === 'string' ? Buffer.from(value) : value;
}

/** Negative, 0 or positive; NaN where one of them is. A number and a bigint are compared as the numbers they are, exactly. */
export function compare(a: Comparable, b: Comparable): number {
  if (typeof a === 'object') return Buffer.compare(a, b as Uint8Array);
  if (a < b) return -1;
  if (a > b) return 1;
  return a >= b ? 0 : NaN;
}
