import {
  createColumnBuffer,
  createMultisetHash,
  createOrderedHash,
  createRowHasher,
  type Arena,
  type ColumnBuffer,
} from '@ticklake/columnar';
import type { ByteSource } from '@ticklake/core';
import { openParquet, type ParquetLimits, type ParquetReader, type RowGroupFacts } from '@ticklake/parquet';
import { throwIfCancelled } from './cancelled.js';
import type { ContentHashes } from './facts.js';
import { endTurns, takeTurns, type RowGroupTurns } from './row-group-turns.js';

/** Rows in memory at once are a row group, or what is about so much of it. Working sizes: they change no answer. */
const PIECE_BYTES = 16 * 1024 * 1024;
/** Nested rows are hashed as bytes that are made of them, outside and in the arena once more. */
const NESTED_PIECE_BYTES = 2 * 1024 * 1024;
const PIECE_ROWS = 131_072;

/** What some row groups of a file come to: plain data. */
export interface ReadRows {
  /** Adds up with that of all others to the content of the file. */
  readonly content: ContentHashes;
  readonly pages: ParquetReader['pages'];
}

/** How rows are read and hashed. */
export interface ReadRowsOptions {
  /** Holds the rows that are looked at. */
  readonly arena: Arena;
  /** Columns left out of the content hash. */
  readonly exclude: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** Some rows of a file. */
export interface RowPiece {
  readonly rowCount: number;
  /** One for each field of the schema. */
  readonly columns: readonly ColumnBuffer[];
}

/** Decodes and hashes every row of the row groups that `groups` names, ascending; shows them to `look`. */
export async function hashRows(
  reader: ParquetReader,
  { arena, exclude, signal }: ReadRowsOptions,
  { groups, look }: { readonly groups: Iterable<number>; look?(piece: RowPiece): void },
): Promise<ContentHashes> {
  const hasher = createRowHasher(arena, reader.schema, { exclude });
  const multiset = createMultisetHash();
  const ordered = createOrderedHash();
  try {
    for await (const { firstRow, ...piece } of readPieces(arena, reader, groups)) {
      throwIfCancelled(signal);
      look?.(piece);
      const { rowCount, columns } = piece;
      const read = columns.map((column) => column.placedAsRead());
      const digests = hasher.digest(read, { start: 0, end: rowCount });
      multiset.add(digests);
      const placed = createOrderedHash({ firstPlace: firstRow });
      placed.add(digests);
      ordered.addHash(placed.hex());
    }
  } finally {
    hasher.release();
  }
  return { multiset: multiset.hex(), ordered: ordered.hex() };
}

/**
 * Reads the row groups of a file whose turn it is: another thread's part of `verifyParquet`.
 *
 * @throws LakeError `corrupt` for a bad page, `invalid` (`MEMORY`) for rows that do not fit; nobody is given another row group then.
 */
export async function readRowsInTurn(
  source: ByteSource,
  turns: RowGroupTurns,
  { limits, ...options }: ReadRowsOptions & { readonly limits: ParquetLimits },
): Promise<ReadRows> {
  const reader = await openParquet({ source, arena: options.arena }, limits);
  try {
    const groups = takeTurns(turns, reader.rowGroups.length);
    return { content: await hashRows(reader, options, { groups }), pages: reader.pages };
  } catch (failure) {
    endTurns(turns);
    throw failure;
  } finally {
    reader.close();
  }
}

/**
 * All columns, some rows at a time; what it gives holds until the next. Rows of two row groups are never together, since what one
 * dictionary stands for is hashed once, and two would have to be joined first.
 */
async function* readPieces(
  arena: Arena,
  reader: ParquetReader,
  groups: Iterable<number>,
): AsyncGenerator<RowPiece & { readonly firstRow: number }> {
  const { fields } = reader.schema;
  const columns = fields.map(({ type }) => createColumnBuffer(arena, type));
  const starts = firstRows(reader.rowGroups);
  const pieceBytes = fields.some(({ type }) => type.kind === 'nested') ? NESTED_PIECE_BYTES : PIECE_BYTES;
  let cursors: ReturnType<ParquetReader['column']>[] = [];
  let next = -1;
  try {
    for (const number of groups) {
      if (number !== next) {
        for (const cursor of cursors) cursor.close();
        cursors = fields.map(({ name }) => reader.column(name, { rowGroup: number }));
      }
      next = number + 1;
      const group = reader.rowGroups[number] as RowGroupFacts;
      const rowsMax = pieceRows(group, pieceBytes);
      for (let row = 0; row < group.rowCount; row += rowsMax) {
        const rowCount = Math.min(rowsMax, group.rowCount - row);
        for (const [i, column] of columns.entries()) {
          column.clear();
          const wait = cursors[i]?.read(column, rowCount);
          if (wait !== undefined) await wait;
        }
        yield { rowCount, columns, firstRow: (starts[number] as number) + row };
      }
    }
  } finally {
    for (const column of columns) column.release();
  }
}

function firstRows(rowGroups: readonly RowGroupFacts[]): readonly number[] {
  let next = 0;
  return rowGroups.map(({ rowCount }) => {
    const first = next;
    next += rowCount;
    return first;
  });
}

function pieceRows({ rowCount, columns }: RowGroupFacts, pieceBytes: number): number {
  const sizeBytes = columns.reduce((sum, { uncompressedSizeBytes }) => sum + uncompressedSizeBytes, 0);
  const rowsMax = Math.floor(rowCount * Math.min(1, pieceBytes / Math.max(sizeBytes, 1)));
  return Math.max(1, Math.min(rowsMax, PIECE_ROWS));
}
