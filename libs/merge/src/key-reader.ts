import type { Arena } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import type { KeyPiece, MergeSource } from './merge-source.js';

/** The order columns of one source, piece by piece, with every row checked. Internal. */
export interface KeyReader {
  /** The next piece that has rows; `undefined` after the last. */
  next(): Promise<KeyPiece | undefined>;
  /** Give up reading. Harmless at the end. */
  stop(): Promise<void>;
}

/** The keys of one row; a second of 0 where there is one. */
interface Keys {
  readonly first: bigint;
  readonly second: bigint;
}

/**
 * Opens `source`. What it promised is proved from every row, never trusted: that rows ascend, that none is outside
 * the bounds, and that there are as many as it says.
 *
 * Rejections of `next`: LakeError `corrupt`, code `UNSORTED` or `STATS_MISMATCH`, with `details.source`.
 */
export function openKeys(arena: Arena, source: MergeSource): KeyReader {
  const pieces = source.keys()[Symbol.asyncIterator]();
  let rowsRead = 0;
  let last: Keys | undefined;
  return {
    async next() {
      for (;;) {
        const step = await pieces.next();
        if (step.done === true) {
          if (rowsRead !== source.rowCount) throw countMismatch(source, rowsRead);
          return undefined;
        }
        const piece = step.value;
        if (piece.rowCount === 0) continue;
        if (rowsRead + piece.rowCount > source.rowCount) {
          throw countMismatch(source, rowsRead + piece.rowCount);
        }
        last = checkPiece(arena, source, piece, { last, rowsRead });
        rowsRead += piece.rowCount;
        return piece;
      }
    },
    async stop() {
      await pieces.return?.();
    },
  };
}

/** Order first: in a sorted piece only the first row can be below the bound and only the last above it. */
function checkPiece(
  arena: Arena,
  source: MergeSource,
  piece: KeyPiece,
  { last, rowsRead }: { readonly last: Keys | undefined; readonly rowsRead: number },
): Keys {
  const { rowCount } = piece;
  const [low, high] = [keysAt(arena, piece, 0), keysAt(arena, piece, rowCount - 1)];
  const row = last !== undefined && isBelow(low, last) ? 0 : firstDescent(arena, piece);
  if (row < rowCount) {
    throw new LakeError('corrupt', 'rows are not in order', {
      code: 'UNSORTED',
      details: { source: source.name, row: rowsRead + row },
    });
  }
  const { lowerBound, upperBound } = source;
  const isOutside =
    (lowerBound !== undefined && low.first < lowerBound) ||
    (upperBound !== undefined && high.first > upperBound);
  if (isOutside) {
    throw new LakeError('corrupt', 'a row is outside the bounds that statistics promised', {
      code: 'STATS_MISMATCH',
      details: { source: source.name, rowsRead, low: low.first, high: high.first, lowerBound, upperBound },
    });
  }
  return high;
}

function firstDescent({ kernels }: Arena, { rowCount, first, second }: KeyPiece): number {
  return second === 0 ? kernels.descent64(first, rowCount) : kernels.descentPairs64(first, second, rowCount);
}

function keysAt(arena: Arena, { first, second }: KeyPiece, row: number): Keys {
  const at = (keys: number) => arena.view(BigInt64Array, keys + row * 8, 1)[0] as bigint;
  return { first: at(first), second: second === 0 ? 0n : at(second) };
}

function isBelow(a: Keys, b: Keys): boolean {
  return a.first < b.first || (a.first === b.first && a.second < b.second);
}

function countMismatch(source: MergeSource, rows: number): LakeError {
  return new LakeError('corrupt', 'a source does not have the rows it says it has', {
    code: 'STATS_MISMATCH',
    details: { source: source.name, rowCount: source.rowCount, rowsRead: rows },
  });
}
