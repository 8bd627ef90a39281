import {
  createColumnBuffer,
  type Arena,
  type DataType,
  type FixedColumnBuffer,
  type Schema,
} from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import type { KeyPiece } from '@ticklake/merge';
import type { ColumnCursor, ParquetReader } from '@ticklake/parquet';

/** Keys read ahead of a merge, per open source: 64 KiB a column, so that hundreds of them stay within any budget. */
const KEY_ROWS = 8192;

/** Some rows of a file's order columns. */
export interface KeyRows {
  /** Counted from row group `rowGroup`. */
  readonly rowCount: number;
  readonly rowGroup: number;
}

/**
 * The values of one or two order columns, piece by piece.
 *
 * @throws LakeError `corrupt`: `SCHEMA_MISMATCH` when an order column does not hold 64-bit integers, `NULL_TS` when a row has no value
 * in one (MG-19), and whatever reading finds.
 */
export async function* readKeys(
  arena: Arena,
  reader: ParquetReader,
  orderBy: readonly string[],
  { rowCount, rowGroup }: KeyRows,
): AsyncGenerator<KeyPiece> {
  const columns = orderBy.map((name) => openKeyColumn(arena, reader, name, rowGroup));
  try {
    for (let row = 0; row < rowCount; row += KEY_ROWS) {
      const count = Math.min(KEY_ROWS, rowCount - row);
      for (const { cursor, buffer } of columns) {
        buffer.clear();
        const wait = cursor.read(buffer, count);
        if (wait !== undefined) await wait;
      }
      const [first = 0, second = 0] = columns.map((column) => valuesOf(arena, column, { row, rowGroup }));
      yield { rowCount: count, first, second };
    }
  } finally {
    for (const { cursor, buffer } of columns) {
      cursor.close();
      buffer.release();
    }
  }
}

/** The keys of one row; a second of 0 where there is one. */
export type RowKeys = readonly [bigint, bigint];

/** The keys of a row of a piece. */
export function keysAt(arena: Arena, { first, second }: KeyPiece, row: number): RowKeys {
  const at = (keys: number) => arena.view(BigInt64Array, keys + row * 8, 1)[0] as bigint;
  return [at(first), second === 0 ? 0n : at(second)];
}

/** Whether a row with keys `a` may not come before one with keys `b`. */
export function isAfter(a: RowKeys, b: RowKeys): boolean {
  return a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]);
}

/** The first row of a piece that comes before the one above it, or how many there are. */
export function firstDescent({ kernels }: Arena, { first, second, rowCount }: KeyPiece): number {
  return second === 0 ? kernels.descent64(first, rowCount) : kernels.descentPairs64(first, second, rowCount);
}

/** The failure of a row without a key; rows are counted from the row group. */
export function noKey(details: {
  readonly source?: string | undefined;
  readonly column: string;
  readonly rowGroup: number;
  readonly row: number;
}): LakeError {
  return new LakeError('corrupt', 'a row has no value in an order column', { code: 'NULL_TS', details });
}

interface KeyColumn {
  readonly name: string;
  readonly cursor: ColumnCursor;
  readonly buffer: FixedColumnBuffer;
}

function openKeyColumn(arena: Arena, reader: ParquetReader, name: string, rowGroup: number): KeyColumn {
  const buffer = createColumnBuffer(arena, requireKeyColumn(reader.schema, name));
  if (buffer.kind !== 'fixed' || buffer.width !== 8) throw notKeys(name);
  return { name, cursor: reader.column(name, { rowGroup }), buffer };
}

/** The type of a column of signed integers of 64 bits, whatever they count. @throws LakeError `corrupt` (`SCHEMA_MISMATCH`) of any other. */
export function requireKeyColumn({ fields }: Schema, name: string): DataType {
  const type = fields.find((field) => field.name === name)?.type;
  const isKey =
    (type?.kind === 'int' && type.bits === 64 && type.signed) ||
    type?.kind === 'timestamp' ||
    (type?.kind === 'time' && type.unit !== 'ms');
  if (type === undefined || !isKey) throw notKeys(name);
  return type;
}

function valuesOf(
  arena: Arena,
  { name, buffer }: KeyColumn,
  from: { readonly row: number; readonly rowGroup: number },
): number {
  const { values, validity, rowCount } = buffer.plain();
  if (validity !== 0) {
    const row = arena.bytes.subarray(validity, validity + rowCount).indexOf(0);
    throw noKey({ column: name, rowGroup: from.rowGroup, row: from.row + row });
  }
  return values;
}

function notKeys(name: string): LakeError {
  return new LakeError('corrupt', 'an order column does not hold 64-bit integers', {
    code: 'SCHEMA_MISMATCH',
    details: { column: name },
  });
}
