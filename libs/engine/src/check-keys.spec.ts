import { withBlock } from '@ticklake/columnar';
import { checkKeys, type RangeRows } from './check-keys.js';
import type { RowKeys } from './key-columns.js';
import type { MergeFile } from './merge-file.js';
import { ARENA } from './spec-support/test-arena.js';

const FILES = ['a', 'b'].map((name) => ({ name }) as MergeFile);

/** Rows 0 … 9 of file 0 and then 10 … 19 of file 1, of which those before `from` have been seen. */
function pieces(from: number, to: number): RangeRows[] {
  return [0, 1].flatMap((file) => {
    const first = file * 10;
    const range = { file, rowGroup: 3 + file, rowCount: 10, min: BigInt(first), max: BigInt(first + 9) };
    const rowsBefore = Math.max(0, from - first);
    const rowCount = Math.min(to, first + 10) - (first + rowsBefore);
    return rowCount > 0 ? [{ range, rowsBefore, rowCount }] : [];
  });
}

/** Checks `firsts`, of which nulls have no key, as rows from `from` on. */
function check(
  firsts: readonly (bigint | null)[],
  { from = 0, seconds, lastKeys = new Map() }: Checked = {},
): void {
  const rowCount = firsts.length;
  withBlock(ARENA, rowCount * 17, (at) => {
    ARENA.view(BigInt64Array, at, rowCount).set(firsts.map((key) => key ?? 0n));
    ARENA.view(BigInt64Array, at + rowCount * 8, rowCount).set(seconds ?? firsts.map(() => 0n));
    ARENA.view(Uint8Array, at + rowCount * 16, rowCount).set(firsts.map((key) => (key === null ? 0 : 1)));
    const validity = firsts.includes(null) ? at + rowCount * 16 : 0;
    const columns = [
      { name: 'ts', values: at, validity },
      { name: 'seq', values: at + rowCount * 8, validity: 0 },
    ].slice(0, seconds === undefined ? 1 : 2);
    const keys = { rowCount, columns };
    checkKeys(ARENA, { files: FILES, lastKeys }, { pieces: pieces(from, from + rowCount), keys });
  });
}

interface Checked {
  readonly from?: number;
  readonly seconds?: readonly bigint[];
  readonly lastKeys?: Map<number, RowKeys>;
}

/** 0, 1, … 19, save what `changes` says. */
function rows(changes: Readonly<Record<number, bigint | null>> = {}): (bigint | null)[] {
  return Array.from({ length: 20 }, (_, row) =>
    row in changes ? (changes[row] as bigint | null) : BigInt(row),
  );
}

describe('rows taken in turn', () => {
  it('pass where they ascend within the bounds, list by list', () => {
    const lastKeys = new Map<number, RowKeys>();
    check(rows().slice(0, 4), { lastKeys });
    check(rows().slice(4, 15), { from: 4, lastKeys });
    check(rows({ 16: 15n }).slice(15), { from: 15, lastKeys });
    expect([...lastKeys]).toEqual([
      [0, [9n, 0n]],
      [1, [19n, 0n]],
    ]);
  });

  it.each([
    ['a row before the one above it', rows({ 13: 11n }), 0, { code: 'UNSORTED', source: 'b', row: 3 }],
    [
      'the first row of a list before the last',
      rows({ 14: 11n }).slice(14),
      14,
      { code: 'UNSORTED', source: 'b', row: 4 },
    ],
    ['a first row below the least', rows({ 10: 9n }), 0, { code: 'STATS_MISMATCH', source: 'b', low: 9n }],
    [
      'a last row above the greatest',
      rows({ 9: 10n }),
      0,
      { code: 'STATS_MISMATCH', source: 'a', high: 10n },
    ],
    [
      'a row without a key',
      rows({ 17: null }).slice(12),
      12,
      { code: 'NULL_TS', source: 'b', column: 'ts', row: 7 },
    ],
  ])('are refused for %s', (_, firsts, from, { code, ...details }) => {
    const lastKeys = new Map<number, RowKeys>([[1, [13n, 0n]]]);
    const work = () => check(firsts, { from, lastKeys: from > 10 ? lastKeys : new Map() });
    expect(work).toThrow(
      expect.objectContaining({ kind: 'corrupt', code, details: expect.objectContaining(details) }),
    );
  });

  it('are refused for a second key, also from list to list', () => {
    const same = [5n, 5n, 5n];
    const failure = (row: number) =>
      expect.objectContaining({ code: 'UNSORTED', details: expect.objectContaining({ row }) });
    expect(() => check(same, { from: 4, seconds: [1n, 3n, 2n] })).toThrow(failure(6));
    const lastKeys = new Map<number, RowKeys>([[0, [5n, 2n]]]);
    expect(() => check(same, { from: 4, seconds: [1n, 2n, 3n], lastKeys })).toThrow(failure(4));
    check(same, { from: 4, seconds: [2n, 2n, 3n], lastKeys });
  });

  afterEach(() => expect(ARENA.usedBytes).toBe(0));
});
