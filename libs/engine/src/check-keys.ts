import type { Arena } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import type { KeyPiece } from '@ticklake/merge';
import { firstDescent, isAfter, keysAt, noKey, type RowKeys } from './key-columns.js';
import type { LaneKeys } from './lane.js';
import type { MergeFile } from './merge-file.js';
import type { FileRange } from './segments.js';

/** Rows of a range, behind `rowsBefore` others of it. */
export interface RangeRows {
  readonly range: FileRange;
  readonly rowsBefore: number;
  readonly rowCount: number;
}

/** What the keys of rows are held to. */
export interface KnownKeys {
  readonly files: readonly MergeFile[];
  /** Of the last row that was seen of each sorted file. */
  readonly lastKeys: Map<number, RowKeys>;
}

/**
 * Holds rows that were taken without reading their keys first, since no others come between them, to what is known of their ranges:
 * they have keys, ascend, also from range to range of a file, and are within the bounds.
 *
 * @throws LakeError `corrupt` (`NULL_TS`, `UNSORTED`, `STATS_MISMATCH`), with `details.source`.
 */
export function checkKeys(
  arena: Arena,
  { files, lastKeys }: KnownKeys,
  { pieces, keys }: { readonly pieces: readonly RangeRows[]; readonly keys: LaneKeys },
): void {
  const all = keyPiece(keys);
  const descent = firstDescent(arena, all);
  let start = 0;
  for (const piece of pieces) {
    const { range } = piece;
    const end = start + piece.rowCount;
    for (const { name, validity } of keys.columns) {
      const row = validity === 0 ? -1 : arena.bytes.subarray(validity + start, validity + end).indexOf(0);
      if (row >= 0) throw failures(files, piece).noKey(name, row);
    }
    const low = keysAt(arena, all, start);
    const high = keysAt(arena, all, end - 1);
    const before = lastKeys.get(range.file);
    if (before !== undefined && isAfter(before, low)) throw failures(files, piece).unsorted(0);
    // Between two pieces, one of them is out of its bounds.
    if (descent > start && descent < end) throw failures(files, piece).unsorted(descent - start);
    if (low[0] < range.min || high[0] > range.max) throw failures(files, piece).outside(low[0], high[0]);
    lastKeys.set(range.file, high);
    start = end;
  }
}

function keyPiece({ rowCount, columns }: LaneKeys): KeyPiece {
  const [first, second] = columns.map(({ values }) => values);
  return { rowCount, first: first ?? 0, second: second ?? 0 };
}

function failures(files: readonly MergeFile[], { range, rowsBefore }: RangeRows) {
  const place = { source: files[range.file]?.name, rowGroup: range.rowGroup };
  return {
    noKey: (column: string, row: number) => noKey({ ...place, column, row: rowsBefore + row }),
    unsorted: (row: number) =>
      new LakeError('corrupt', 'rows are not in order', {
        code: 'UNSORTED',
        details: { ...place, row: rowsBefore + row },
      }),
    outside: (low: bigint, high: bigint) =>
      new LakeError('corrupt', 'a row is outside the bounds that are known of its row group', {
        code: 'STATS_MISMATCH',
        details: { ...place, low, high, lowerBound: range.min, upperBound: range.max },
      }),
  };
}
