import type { Random } from '../spool/random.js';
import { between, chance, oneOf } from './choose.js';
import type { ColumnField, ColumnType, TreeType } from './column-type.js';
import { plainText, type PlainValue } from './plain-value.js';
import { scalarSource, type ValueStyle } from './scalar-values.js';

/** Which rows of a nullable column are null. */
export type NullPattern = 'none' | 'all' | 'few' | 'half' | 'most' | 'runs' | 'first' | 'last';

/** What decides the values of a column, beside its type. */
export interface ColumnStyle extends ValueStyle {
  readonly nulls: NullPattern;
  /** How many different values there are; 0 = as they come. */
  readonly distinct: number;
  /** Longest run of one value after the other. */
  readonly runMax: number;
}

const NULL_PATTERNS: readonly NullPattern[] = ['none', 'all', 'few', 'half', 'most', 'runs', 'first', 'last'];

/** A style of any kind. */
export function anyColumnStyle(random: Random, { nanPayloads }: { nanPayloads: boolean }): ColumnStyle {
  return {
    nulls: oneOf(random, NULL_PATTERNS),
    distinct: oneOf(random, [0, 0, 0, 1, 2, 7, 60]),
    runMax: oneOf(random, [1, 1, 1, 9, 200]),
    edges: oneOf(random, [0, 0.1, 0.1, 0.7]),
    rising: chance(random, 0.25),
    nanPayloads,
  };
}

/** `rowCount` values of `field`, null only where it is nullable. */
export function columnValues(
  field: ColumnField,
  { style, rowCount, random }: { style: ColumnStyle; rowCount: number; random: Random },
): readonly PlainValue[] {
  const next = repeated(valueSource(field.type, style, random), style, random);
  const isNull = field.nullable ? nullRows(style.nulls, rowCount, random) : () => false;
  return Array.from({ length: rowCount }, (_, row) => {
    const value = next();
    return isNull(row) ? null : value;
  });
}

/** The same few values over and over, in runs, where the style says so. */
function repeated(source: () => PlainValue, style: ColumnStyle, random: Random): () => PlainValue {
  const pool = Array.from({ length: style.distinct }, source);
  const pick = style.distinct === 0 ? source : () => oneOf(random, pool);
  if (style.runMax === 1) return pick;
  let left = 0;
  let value: PlainValue = null;
  return () => {
    if (left === 0) {
      left = between(random, 1, style.runMax);
      value = pick();
    }
    left--;
    return value;
  };
}

function nullRows(pattern: NullPattern, rowCount: number, random: Random): (row: number) => boolean {
  switch (pattern) {
    case 'none':
      return () => false;
    case 'all':
      return () => true;
    case 'first':
      return (row) => row === 0;
    case 'last':
      return (row) => row === rowCount - 1;
    case 'runs': {
      let left = 0;
      let isNull = false;
      return () => {
        if (left-- <= 0) {
          left = random.below(100);
          isNull = !isNull;
        }
        return isNull;
      };
    }
    default: {
      const share = { few: 0.03, half: 0.5, most: 0.97 }[pattern];
      return () => chance(random, share);
    }
  }
}

function valueSource(type: ColumnType, style: ValueStyle, random: Random): () => PlainValue {
  return 'shape' in type ? treeSource(type, style, random) : scalarSource(type, style, random);
}

function treeSource(type: TreeType, style: ValueStyle, random: Random): () => PlainValue {
  const sources = type.children.map((child) => childSource(child, style, random));
  const [first, second] = sources;
  if (type.shape === 'struct') return () => sources.map((source) => source());
  const lengthMax = oneOf(random, [0, 1, 3, 3, 3, 40]);
  if (first === undefined) throw new Error('a list or map has children');
  if (type.shape === 'list' || second === undefined) {
    return () => Array.from({ length: random.below(lengthMax + 1) }, first);
  }
  const key = type.children[0] as ColumnField;
  return () => {
    const entries = Array.from({ length: random.below(lengthMax + 1) }, () => [first(), second()]);
    // Readers that make a map of the entries keep one of those with the same key.
    return [...new Map(entries.map((entry) => [plainText(key.type, entry[0] ?? null), entry])).values()];
  };
}

function childSource(field: ColumnField, style: ValueStyle, random: Random): () => PlainValue {
  const source = valueSource(field.type, style, random);
  const share = field.nullable ? oneOf(random, [0, 0.1, 0.5, 1]) : 0;
  return () => (chance(random, share) ? null : source());
}
