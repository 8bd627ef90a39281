import { assert, LakeError } from '@ticklake/core';
import { keyWords, type KeyWords } from './key-words.js';
import type { MergeSource } from './merge-source.js';

/** The order columns of one source, piece by piece, with every row checked. Internal. */
export interface KeyReader {
  /** The next piece that has rows; `undefined` after the last. */
  next(): Promise<KeyPiece | undefined>;
  /** Give up reading. Harmless at the end. */
  stop(): Promise<void>;
}

/** Some consecutive rows' keys. */
export interface KeyPiece {
  readonly rowCount: number;
  /** One or two columns. */
  readonly columns: readonly KeyWords[];
}

/**
 * Opens `source`. What it promised is proved from every row, never trusted: that rows ascend, that none is outside
 * the bounds, and that there are as many as it says.
 *
 * Rejections of `next`: LakeError `corrupt`, code `UNSORTED` or `STATS_MISMATCH`, with `details.source`.
 */
export function openKeys(source: MergeSource, orderKeys: 1 | 2): KeyReader {
  const pieces = source.keys()[Symbol.asyncIterator]();
  let rowsRead = 0;
  let last: readonly bigint[] | undefined;

  async function next(): Promise<KeyPiece | undefined> {
    for (;;) {
      const { value, done } = await pieces.next();
      if (done === true) {
        if (rowsRead !== source.rowCount) throw countMismatch(source, rowsRead);
        return undefined;
      }
      const keys: readonly BigInt64Array[] = value;
      assert(keys.length === orderKeys, 'a piece has a column per order key');
      const rowCount = keys[0]?.length ?? 0;
      assert(
        keys.every((column) => column.length === rowCount),
        'the columns of a piece have the same rows',
      );
      if (rowCount === 0) continue;
      if (rowsRead + rowCount > source.rowCount) throw countMismatch(source, rowsRead + rowCount);
      const columns = keys.map(keyWords);
      checkOrder(source, keys, columns, { last, rowsRead });
      last = keys.map((column) => column[rowCount - 1] as bigint);
      rowsRead += rowCount;
      return { rowCount, columns };
    }
  }

  return {
    next,
    async stop() {
      await pieces.return?.();
    },
  };
}

/** Order first: in a sorted piece only the first row can be below the bound and only the last above it. */
function checkOrder(
  source: MergeSource,
  keys: readonly BigInt64Array[],
  columns: readonly KeyWords[],
  { last, rowsRead }: { last: readonly bigint[] | undefined; rowsRead: number },
): void {
  const rowCount = keys[0]?.length ?? 0;
  const [first, second] = columns;
  assert(first !== undefined, 'there is a first order column');
  const descends = last !== undefined && compareKeys(keys, 0, last) < 0;
  const row = descends
    ? 0
    : second === undefined
      ? firstDescent(first, rowCount)
      : firstDescent2(first, second, rowCount);
  if (row !== undefined) {
    throw new LakeError('corrupt', 'rows are not in order', {
      code: 'UNSORTED',
      details: { source: source.name, row: rowsRead + row },
    });
  }
  const { lowerBound, upperBound } = source;
  const [low, high] = [keys[0]?.[0] as bigint, keys[0]?.[rowCount - 1] as bigint];
  if ((lowerBound !== undefined && low < lowerBound) || (upperBound !== undefined && high > upperBound)) {
    throw new LakeError('corrupt', 'a row is outside the bounds that statistics promised', {
      code: 'STATS_MISMATCH',
      details: { source: source.name, rowsRead, low, high, lowerBound, upperBound },
    });
  }
}

function compareKeys(keys: readonly BigInt64Array[], row: number, other: readonly bigint[]): number {
  for (const [i, column] of keys.entries()) {
    const [a, b] = [column[row] as bigint, other[i] as bigint];
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}

/** The first row below the one before it. */
function firstDescent({ high, low }: KeyWords, rowCount: number): number | undefined {
  let lastHigh = high[1] as number;
  let lastLow = low[0] as number;
  for (let row = 1; row < rowCount; row++) {
    const h = high[row * 2 + 1] as number;
    const l = low[row * 2] as number;
    if (h < lastHigh || (h === lastHigh && l < lastLow)) return row;
    lastHigh = h;
    lastLow = l;
  }
  return undefined;
}

function firstDescent2(first: KeyWords, second: KeyWords, rowCount: number): number | undefined {
  for (let row = 1; row < rowCount; row++) {
    const order = compareRows(first, row) || compareRows(second, row);
    if (order < 0) return row;
  }
  return undefined;
}

/** Of `row` with the row before it. */
function compareRows({ high, low }: KeyWords, row: number): number {
  const order = (high[row * 2 + 1] as number) - (high[row * 2 - 1] as number);
  return order !== 0 ? order : (low[row * 2] as number) - (low[row * 2 - 2] as number);
}

function countMismatch(source: MergeSource, rows: number): LakeError {
  return new LakeError('corrupt', 'a source does not have the rows it says it has', {
    code: 'STATS_MISMATCH',
    details: { source: source.name, rowCount: source.rowCount, rowsRead: rows },
  });
}
