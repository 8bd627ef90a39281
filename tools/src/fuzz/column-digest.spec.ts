import { sliceColumn, textColumn, type Column, type DataType } from '@ticklake/columnar';
import { createColumnDigest } from './column-digest.js';

const BYTES: DataType = { kind: 'bytes' };
const DECIMAL: DataType = { kind: 'decimal', precision: 9, scale: 2 };

function digest(...pieces: readonly Column[]): string {
  return digestOf(BYTES, ...pieces);
}

function digestOf(type: DataType, ...pieces: readonly Column[]): string {
  const made = createColumnDigest(type);
  for (const piece of pieces) made.add(piece);
  return made.hex();
}

const TEXTS = ['a', null, '', 'bc', 'a'];
const plain = textColumn(TEXTS);
const coded: Column = {
  layout: 'dictionary',
  codes: Uint32Array.of(1, 0, 2, 0, 1),
  dictionary: textColumn(['bc', 'a', '']).values,
  validity: Uint8Array.of(1, 0, 1, 1, 1),
};
const numbers: Column = { layout: 'fixed', values: Int32Array.of(1, 2, 3), validity: Uint8Array.of(1, 0, 1) };

describe('a column digest', () => {
  it('depends neither on cuts nor on layout nor on what stands at a null', () => {
    expect(digest(sliceColumn(plain, 0, 2), sliceColumn(plain, 2, 5))).toBe(digest(plain));
    expect(digest(coded)).toBe(digest(plain));
    expect(digest({ ...numbers, values: Int32Array.of(1, 9, 3) })).toBe(digest(numbers));
    const numberCodes: Column = {
      layout: 'dictionary',
      codes: Uint32Array.of(1, 9, 0),
      dictionary: Int32Array.of(3, 1),
      validity: Uint8Array.of(1, 0, 1),
    };
    expect(digest(numberCodes)).toBe(digest(numbers));
    const whole: Column = { layout: 'fixed', values: Int32Array.of(1, 2) };
    expect(digest({ ...whole, validity: Uint8Array.of(1, 1) })).toBe(digest(whole));
  });

  it('knows every value, null, length and order', () => {
    const columns: Column[] = [
      plain,
      textColumn(['a', '', '', 'bc', 'a']),
      textColumn(['a', null, 'b', 'c', 'a']),
      textColumn(['a', null, 'bc', '', 'a']),
      textColumn(['a', null, '', 'bd', 'a']),
      numbers,
      { ...numbers, validity: undefined },
      { ...numbers, values: Int32Array.of(1, 2, 4) },
      { layout: 'nested', values: [[1n], null] },
      { layout: 'nested', values: [[1], null] },
      { layout: 'nested', values: [null, [1n]] },
      { layout: 'nested', values: [[[1n]], null] },
      { layout: 'nested', values: [['1n'], null] },
      { layout: 'nested', values: [[-0], null] },
      { layout: 'nested', values: [[0], null] },
    ];
    expect(new Set(columns.map((column) => digest(column))).size).toBe(columns.length);
  });

  it('knows a decimal in however many bytes', () => {
    const bytes = (...values: readonly number[][]): Column => ({
      layout: 'bytes',
      values: {
        offsets: Uint32Array.from([0, ...values.map((_, i) => values.slice(0, i + 1).flat().length)]),
        data: Uint8Array.from(values.flat()),
      },
    });
    const short = digestOf(DECIMAL, bytes([5], [0x80], [0, 0x80], [0]));
    expect(digestOf(DECIMAL, bytes([0, 0, 5], [0xff, 0x80], [0, 0, 0x80], []))).toBe(short);
    expect(digestOf(DECIMAL, bytes([0, 0, 5], [0, 0x80], [0, 0, 0x80], []))).not.toBe(short);
    const nested = (value: number[]): Column => ({ layout: 'nested', values: [[Uint8Array.from(value)]] });
    const list: DataType = {
      kind: 'nested',
      shape: 'list',
      children: [{ name: 'x', type: DECIMAL, nullable: false }],
    };
    expect(digestOf(list, nested([0, 7]))).toBe(digestOf(list, nested([7])));
  });
});
