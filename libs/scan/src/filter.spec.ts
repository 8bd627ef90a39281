import type { DataType, Schema } from '@ticklake/columnar';
import { predicatesOf, type Filter, type FilterOperator, type FilterValue } from './filter.js';

const TYPES: Readonly<Record<string, DataType>> = {
  int64: { kind: 'int', bits: 64, signed: true },
  float: { kind: 'float', bits: 64 },
  text: { kind: 'utf8' },
  truth: { kind: 'bool' },
  day: { kind: 'date' },
  bytes: { kind: 'bytes' },
  decimal: { kind: 'decimal', precision: 9, scale: 2 },
  list: { kind: 'nested', shape: 'list', children: [] },
};
const SCHEMA: Schema = {
  fields: Object.entries(TYPES).map(([name, type]) => ({ name, type, nullable: true })),
};

function predicate(...filter: Filter) {
  const [one] = predicatesOf([filter], SCHEMA);
  return one!;
}

it.each<
  [string, FilterOperator, FilterValue | FilterValue[], readonly FilterValue[], readonly FilterValue[]]
>([
  ['int64', '=', 5, [5n], [4n, 6n]],
  ['int64', '==', 5n, [5n], [4n, 6n]],
  ['int64', '=', 2 ** 53, [2n ** 53n], [2n ** 53n + 1n]],
  ['int64', '<', 0.5, [0n, -1n], [1n]],
  ['int64', '!=', 5, [4n, 6n], [5n]],
  ['int64', '<=', 5, [4n, 5n], [6n]],
  ['int64', '>', 5, [6n], [5n, 4n]],
  ['int64', '>=', 5, [6n, 5n], [4n]],
  ['int64', 'in', [1, 5n], [1n, 5n], [2n]],
  ['int64', 'in', [], [], [0n]],
  ['int64', 'between', [2, 4], [2n, 3n, 4n], [1n, 5n]],
  ['int64', 'between', [4, 2], [], [2n, 3n, 4n]],
  ['float', '=', 0, [0, -0], [1, NaN]],
  ['float', '!=', 0, [1, NaN, Infinity], [0, -0]],
  ['float', '>', 0, [Infinity], [NaN, -Infinity]],
  ['float', '<=', 0, [-Infinity, -0], [NaN]],
  ['float', 'between', [-Infinity, Infinity], [0, Infinity], [NaN]],
  ['float', 'in', [0, 1], [-0], [NaN]],
  ['text', '=', 'ключ', ['ключ'], ['', 'ключи']],
  ['text', '<', 'b', ['', 'a', 'az'], ['b', 'ba']],
  // By code points, as UTF-8 has them, not by halves of surrogate pairs.
  ['text', '>', '\uffff', ['😀'], ['a', '\ufffe']],
  ['text', 'in', ['a', 'b'], ['a', 'b'], ['ab', '']],
  ['text', 'between', ['a', 'c'], ['a', 'bbb', 'c'], ['ca']],
  ['truth', '=', true, [true], [false]],
  ['truth', '!=', true, [false], [true]],
  ['truth', 'in', [true, false], [true, false], []],
  ['day', '>=', 19_000, [19_000], [18_999]],
])('%s %s %p', (column, operator, value, wanted, unwanted) => {
  const { matches } = predicate(column, operator, value);
  expect(wanted.filter((one) => !matches(one))).toEqual([]);
  expect(unwanted.filter((one) => matches(one))).toEqual([]);
});

const utf8 = (text: string) => Buffer.from(text);

it.each<
  [
    string,
    FilterOperator,
    FilterValue | FilterValue[],
    number | bigint | Buffer,
    number | bigint | Buffer,
    boolean,
  ]
>([
  ['int64', '=', 5, 5n, 9n, true],
  ['int64', '=', 4, 5n, 9n, false],
  ['int64', '!=', 5, 5n, 5n, false],
  ['int64', '!=', 5, 5n, 6n, true],
  ['int64', '<', 5, 5n, 9n, false],
  ['int64', '<=', 5, 5n, 9n, true],
  ['int64', '>', 9, 5n, 9n, false],
  ['int64', '>=', 9, 5n, 9n, true],
  ['int64', 'in', [1, 10], 5n, 9n, false],
  ['int64', 'in', [1, 7], 5n, 9n, true],
  ['int64', 'between', [9, 12], 5n, 9n, true],
  ['int64', 'between', [10, 12], 5n, 9n, false],
  ['int64', 'between', [1, 4], 5n, 9n, false],
  ['float', '!=', 5, 5, 5, true],
  ['text', '=', 'bc', utf8('b'), utf8('c'), true],
  ['text', '=', 'd', utf8('b'), utf8('c'), false],
  ['text', '>', '😀', utf8('a'), utf8('\uffff'), false],
  // Bounds the wrong way round tell nothing.
  ['int64', '=', 4, 9n, 5n, true],
])('%s %s %p of values between %p and %p: %p', (column, operator, value, min, max, expected) => {
  expect(predicate(column, operator, value).mayMatch({ min, max })).toBe(expected);
});

it.each<[string, Filter]>([
  ['a column that is not there', ['size', '=', 1]],
  ['an operator that is none', ['int64', '=>' as '=', 1]],
  ['a text for a number', ['int64', '=', '5']],
  ['a number for a text', ['text', '=', 5]],
  ['a number for a truth', ['truth', '=', 1]],
  ['NaN', ['float', '=', NaN]],
  ['NaN in a list', ['float', 'in', [1, NaN]]],
  ['a list without in', ['int64', '=', [5]]],
  ['in without a list', ['int64', 'in', 5]],
  ['between without a list', ['int64', 'between', 5]],
  ['between with one end', ['int64', 'between', [5]]],
  ['between with three', ['int64', 'between', [5, 6, 7]]],
  ['bytes', ['bytes', '=', 1]],
  ['decimals', ['decimal', '=', 1]],
  ['lists', ['list', '=', 1]],
])('refuses %s', (_, filter) => {
  const failure = expect.objectContaining({ kind: 'invalid', code: 'FILTER' });
  expect(() => predicatesOf([filter], SCHEMA)).toThrow(failure);
});
