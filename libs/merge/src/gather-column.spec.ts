import {
  textColumn,
  valueAt,
  type BytesValues,
  type Column,
  type DictionaryColumn,
} from '@ticklake/columnar';
import { gatherColumn } from './gather-column.js';
import type { RunList } from './run-list.js';

const runsOf = (...runs: (readonly [source: number, count: number])[]): RunList => ({
  rowCount: runs.reduce((sum, [, count]) => sum + count, 0),
  runCount: runs.length,
  sources: Uint32Array.from(runs, ([source]) => source),
  counts: Uint32Array.from(runs, ([, count]) => count),
});
const texts = (column: Column, rowCount: number): (string | null)[] =>
  Array.from({ length: rowCount }, (_, row) => {
    const value = valueAt(column, row);
    return value instanceof Uint8Array ? new TextDecoder().decode(value) : null;
  });
const dictionaryOf = (...values: string[]): BytesValues => textColumn(values).values;
const coded = (dictionary: BytesValues, codes: number[], validity?: number[]): DictionaryColumn => ({
  layout: 'dictionary',
  codes: Uint32Array.from(codes),
  dictionary,
  validity: validity === undefined ? undefined : Uint8Array.from(validity),
});
const UTF8 = { kind: 'utf8' } as const;

describe('gatherColumn', () => {
  it('gives one entry for the same text in 3,000 dictionaries', () => {
    const runs = runsOf(...Array.from({ length: 3000 }, (_, source) => [source, 1] as const));
    const columns = new Map(
      Array.from({ length: 3000 }, (_, source) => [source, coded(dictionaryOf('BTCUSDT'), [0])]),
    );
    const column = gatherColumn(UTF8, runs, columns);
    expect(column).toEqual(coded(dictionaryOf('BTCUSDT'), new Array<number>(3000).fill(0)));
  });

  it('orders entries by first appearance in the output, leaves unused ones out, ignores codes of null rows', () => {
    const columns = new Map([
      [0, coded(dictionaryOf('never', 'sell', 'buy', 'sell'), [3, 99, 2], [1, 0, 1])],
      [5, coded(dictionaryOf('buy', 'none'), [1, 0])],
    ]);
    const column = gatherColumn(UTF8, runsOf([5, 1], [0, 2], [5, 1], [0, 1]), columns);
    expect(column).toEqual(coded(dictionaryOf('none', 'sell', 'buy'), [0, 1, 0, 2, 2], [1, 1, 0, 1, 1]));
  });

  it('interns many entries, equal prefixes and the empty one', () => {
    const values = ['', ...Array.from({ length: 5000 }, (_, i) => `trade-${i}`)];
    const codes = values.map((_, i) => i);
    const columns = new Map([
      [0, coded(dictionaryOf(...values), codes)],
      [1, coded(dictionaryOf(...values.toReversed()), codes)],
    ]);
    const column = gatherColumn(UTF8, runsOf([0, values.length], [1, values.length]), columns);
    expect(column.layout === 'dictionary' && column.dictionary).toEqual(dictionaryOf(...values));
    expect(texts(column, values.length * 2)).toEqual([...values, ...values.toReversed()]);
  });

  it('keeps a dictionary that all sources share', () => {
    const sides = dictionaryOf('buy', 'sell');
    const column = gatherColumn(
      UTF8,
      runsOf([1, 1], [0, 1]),
      new Map([
        [0, coded(sides, [0])],
        [1, coded(sides, [1])],
      ]),
    );
    expect(column.layout === 'dictionary' && column.dictionary === sides).toBe(true);
    expect(texts(column, 2)).toEqual(['sell', 'buy']);
  });

  it('gives plain bytes when a source has plain bytes', () => {
    const columns = new Map<number, Column>([
      [0, textColumn(['a', null])],
      [1, coded(dictionaryOf('x'.repeat(100)), [0])],
    ]);
    const column = gatherColumn(UTF8, runsOf([0, 1], [1, 1], [0, 1]), columns);
    expect(column.layout).toBe('bytes');
    expect(texts(column, 3)).toEqual(['a', 'x'.repeat(100), null]);
  });

  it.each([1, 40])('keeps NaN payloads and -0 in runs of %d', (count) => {
    const bits = BigUint64Array.from({ length: count }, (_, i) =>
      i % 2 === 0 ? 0xfff0_0000_0000_0001n : 1n << 63n,
    );
    const part: Column = { layout: 'fixed', values: new Float64Array(bits.buffer) };
    const column = gatherColumn(
      { kind: 'float', bits: 64 },
      runsOf([1, count], [0, count]),
      new Map([
        [0, part],
        [1, part],
      ]),
    );
    const values = column.layout === 'fixed' ? column.values : new Uint8Array();
    expect([...new BigUint64Array(values.buffer)]).toEqual([...bits, ...bits]);
  });

  it('refuses columns with other rows than the list takes', () => {
    const columns = new Map([[0, textColumn(['a', 'b'])]]);
    expect(() => gatherColumn(UTF8, runsOf([0, 1]), columns)).toThrow('assertion failed');
    expect(() => gatherColumn(UTF8, runsOf([1, 1]), columns)).toThrow('assertion failed');
  });
});
