import { withBlock, type Arena } from '@ticklake/columnar';
import type { KeyPiece } from '@ticklake/merge';
import type { ParquetReader } from '@ticklake/parquet';
import { firstDescent, isAfter, keysAt, readKeys, type RowKeys } from './key-columns.js';
import type { KeyRange } from './merge-file.js';

/** What every row of a file's order columns told. */
export interface KeyScan {
  /** Of row groups that have rows. */
  readonly rowGroups: readonly KeyRange[];
  /** Whether rows ascend by the first order column alone, and by both; the same where there is one. */
  readonly isSortedByFirst: boolean;
  readonly isSorted: boolean;
}

/** What {@link scanKeys} does beside. */
export interface ScanOptions {
  /** Sees the keys of all rows, piece by piece; `ascends`: the first of them do. */
  readonly onKeys?: (piece: KeyPiece, ascends: boolean) => void;
}

/**
 * Reads the order columns of a file and nothing else.
 *
 * @throws LakeError `corrupt` when a row has no key (`NULL_TS`), an order column is not of 64-bit integers (`SCHEMA_MISMATCH`),
 * or reading finds the file damaged.
 */
export async function scanKeys(
  arena: Arena,
  reader: ParquetReader,
  orderBy: readonly string[],
  { onKeys }: ScanOptions = {},
): Promise<KeyScan> {
  const rowGroups: KeyRange[] = [];
  let isSortedByFirst = true;
  let isSorted = true;
  let last: RowKeys | undefined;
  for (const [rowGroup, { rowCount }] of reader.rowGroups.entries()) {
    let min: bigint | undefined;
    let max: bigint | undefined;
    for await (const piece of readKeys(arena, reader, orderBy, { rowCount, rowGroup })) {
      const first = keysAt(arena, piece, 0);
      const ascends = arena.kernels.descent64(piece.first, piece.rowCount) === piece.rowCount;
      onKeys?.(piece, ascends);
      isSortedByFirst &&= ascends && (last === undefined || last[0] <= first[0]);
      isSorted &&=
        isSortedByFirst &&
        (piece.second === 0 || firstDescent(arena, piece) === piece.rowCount) &&
        !(last !== undefined && isAfter(last, first));
      last = keysAt(arena, piece, piece.rowCount - 1);
      const bounds = ascends ? { min: first[0], max: last[0] } : boundsOf(arena, piece);
      min = min === undefined || bounds.min < min ? bounds.min : min;
      max = max === undefined || bounds.max > max ? bounds.max : max;
    }
    // A literal: thousands of these are kept, and what is spread into an object takes half as much again.
    if (min !== undefined && max !== undefined) rowGroups.push({ rowGroup, rowCount, min, max });
  }
  return { rowGroups, isSortedByFirst, isSorted };
}

function boundsOf(
  arena: Arena,
  { first, rowCount }: KeyPiece,
): { readonly min: bigint; readonly max: bigint } {
  return withBlock(arena, 16, (to) => {
    arena.kernels.boundsI64(first, rowCount, to);
    const [min, max] = arena.view(BigInt64Array, to, 2);
    return { min: min as bigint, max: max as bigint };
  });
}
