import type { Column } from './batch.js';
import { jsonValueAt, rowObjects } from './row-objects.js';
import type { DataType } from './schema.js';
import { textColumn } from './text-column.js';

const fixed = (values: Extract<Column, { layout: 'fixed' }>['values']): Column => ({
  layout: 'fixed',
  values,
});
const INT64: DataType = { kind: 'int', bits: 64, signed: true };
const BYTES: DataType = { kind: 'bytes' };
const LIST: DataType = {
  kind: 'nested',
  shape: 'list',
  children: [{ name: 'element', type: INT64, nullable: true }],
};
const TEXT = textColumn(['a"b', null]);

it.each<[string, DataType, Column, unknown]>([
  ['a 64-bit integer', INT64, fixed(BigInt64Array.of(9_007_199_254_740_993n)), '9007199254740993'],
  ['a time', { kind: 'timestamp', unit: 'us', utc: true }, fixed(BigInt64Array.of(-1n)), '-1'],
  ['a small integer', { kind: 'int', bits: 8, signed: true }, fixed(Int8Array.of(-5)), -5],
  ['a double', { kind: 'float', bits: 64 }, fixed(Float64Array.of(0.1)), 0.1],
  ['no number', { kind: 'float', bits: 64 }, fixed(Float64Array.of(NaN)), 'NaN'],
  ['minus infinity', { kind: 'float', bits: 64 }, fixed(Float64Array.of(-Infinity)), '-Infinity'],
  ['a day', { kind: 'date' }, fixed(Int32Array.of(19_782)), '2024-02-29'],
  ['the first day', { kind: 'date' }, fixed(Int32Array.of(0)), '1970-01-01'],
  ['truth', { kind: 'bool' }, fixed(Uint8Array.of(1)), true],
  ['untruth', { kind: 'bool' }, fixed(Uint8Array.of(0)), false],
  ['a text', { kind: 'utf8' }, TEXT, 'a"b'],
  ['bytes', BYTES, TEXT, 'YSJi'],
  ['a list', LIST, { layout: 'nested', values: [[1n, null, 3n]] }, ['1', null, '3']],
  ['no list', LIST, { layout: 'nested', values: [null] }, null],
])('%s is %s of JSON', (_, type, column, expected) => {
  expect(jsonValueAt(column, 0, type)).toEqual(expected);
});

it('gives as many rows as are asked for, null where there is none', () => {
  const schema = {
    fields: [
      { name: 'id', type: INT64, nullable: false },
      { name: 'side', type: { kind: 'utf8' } as const, nullable: true },
    ],
  };
  const columns = [fixed(BigInt64Array.of(1n, 2n)), TEXT];
  expect(rowObjects({ schema, rowCount: 2, columns })).toEqual([
    { id: '1', side: 'a"b' },
    { id: '2', side: null },
  ]);
  expect(rowObjects({ schema, rowCount: 1, columns })).toHaveLength(1);
});
