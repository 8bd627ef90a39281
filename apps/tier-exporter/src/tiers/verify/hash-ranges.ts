import {
  createColumnBuffer,
  createMultisetHash,
  createOrderedHash,
  createRowHasher,
  type Arena,
  type Schema,
} from '@ticklake/columnar';
import { assert, LakeError } from '@ticklake/core';
import type { ContentHashes } from '@ticklake/manifest';
import type { ParquetReader } from '@ticklake/parquet';

/** Rows that are held at once. */
const PIECE_ROWS = 256;

/** Rows of a file, one after another. */
export interface RowRange {
  readonly start: number;
  /** The row after the last. */
  readonly end: number;
}

/** How rows are hashed. */
export interface HashingOptions {
  readonly arena: Arena;
  /** The columns that count; the file has them. */
  readonly schema: Schema;
  readonly signal: AbortSignal;
}

/**
 * What ranges of rows hash to, by the columns of a schema: equal for equal rows of another file, however either is encoded. Row groups that
 * no range touches are not read.
 *
 * @param ranges - Ascending, apart, within the file.
 * @throws LakeError `corrupt` when a page is bad, `cancelled`; what the source throws.
 */
export async function hashRanges(
  reader: ParquetReader,
  ranges: readonly RowRange[],
  { arena, schema, signal }: HashingOptions,
): Promise<readonly ContentHashes[]> {
  const hashes = ranges.map(() => ({ multiset: createMultisetHash(), ordered: createOrderedHash() }));
  const hasher = createRowHasher(arena, schema, { exclude: [] });
  const buffers = schema.fields.map(({ type }) => createColumnBuffer(arena, type));
  try {
    let groupStart = 0;
    for (const [rowGroup, { rowCount }] of reader.rowGroups.entries()) {
      const groupEnd = groupStart + rowCount;
      if (ranges.some(({ start, end }) => start < groupEnd && end > groupStart)) {
        const cursors = schema.fields.map(({ name }) => reader.column(name, { rowGroup }));
        // Rows of two row groups are never hashed together: each has dictionaries of its own.
        for (const piece of piecesOf({ start: groupStart, end: groupEnd }, ranges)) {
          if (signal.aborted) throw new LakeError('cancelled', 'cancelled while rows were compared');
          for (const [i, buffer] of buffers.entries()) {
            buffer.clear();
            await cursors[i]?.read(buffer, piece.end - piece.start);
          }
          const range = ranges.findIndex(({ start, end }) => start <= piece.start && piece.end <= end);
          const hash = hashes[range];
          if (hash === undefined) continue;
          const placed = buffers.map((buffer) => buffer.placedAsRead());
          const digests = hasher.digest(placed, { start: 0, end: piece.end - piece.start });
          hash.multiset.add(digests);
          hash.ordered.add(digests);
        }
        for (const cursor of cursors) cursor.close();
      }
      groupStart = groupEnd;
    }
    assert((ranges.at(-1)?.end ?? 0) <= groupStart, 'ranges end with the file');
  } finally {
    hasher.release();
    for (const buffer of buffers) buffer.release();
  }
  return hashes.map(({ multiset, ordered }) => ({ multiset: multiset.hex(), ordered: ordered.hex() }));
}

/** A row group, cut where a range begins or ends, and into pieces of at most so many rows. */
function* piecesOf(group: RowRange, ranges: readonly RowRange[]): Generator<RowRange> {
  const cuts = ranges.flatMap(({ start, end }) => [start, end]).filter((cut) => cut < group.end);
  for (let start = group.start; start < group.end; ) {
    const cut = cuts.find((one) => one > start) ?? group.end;
    const end = Math.min(cut, start + PIECE_ROWS);
    yield { start, end };
    start = end;
  }
}
