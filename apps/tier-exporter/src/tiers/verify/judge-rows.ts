import { createHash } from 'node:crypto';
import {
  columnAt,
  createColumnBuffer,
  valueAt,
  type Arena,
  type ColumnBuffer,
  type Field,
} from '@ticklake/columnar';
import { LakeError, type UtcDay } from '@ticklake/core';
import type { Finding } from '@ticklake/manifest';
import type { ColumnCursor, ParquetReader } from '@ticklake/parquet';
import { presentLevel } from '../null-rows.js';
import { nullCount, nullFindings, type NullBounds } from './null-counts.js';
import { createRowJudge, JUDGED_COLUMNS, type JudgedRow } from './row-checks.js';

/** Which rows are judged one by one. */
export interface RowSample {
  /** So many, or all. */
  readonly rows: number | 'all';
  /** Equal seeds choose equal rows of a dataset. */
  readonly seed: string;
}

/** Rows that are held at once. */
const PIECE_ROWS = 256;

/** How rows are judged. */
export interface RowJudging {
  readonly arena: Arena;
  /** What the sample is drawn for, beside the seed: other datasets, other rows. */
  readonly label: string;
  /** The day of a row, by its number; `undefined` where nothing says so. */
  dayOf(row: number): UtcDay | undefined;
  readonly sample: RowSample;
  readonly nulls: NullBounds;
  readonly signal: AbortSignal;
}

/** What rows are like. */
export interface JudgedRows {
  readonly findings: readonly Finding[];
  /** In how many rows each column is null that may be. */
  readonly nullCounts: ReadonlyMap<string, number>;
}

/**
 * Looks at the rows of a file that is known to read: a sample of them one by one, and of every column how often it is null.
 *
 * @throws LakeError `cancelled`; what the source throws.
 */
export async function judgeRows(
  reader: ParquetReader,
  { arena, label, dayOf, sample, nulls, signal }: RowJudging,
): Promise<JudgedRows> {
  const columns = reader.schema.fields.map((field): OpenColumn => {
    const cursor = reader.column(field.name);
    return {
      field,
      cursor,
      buffer: createColumnBuffer(arena, field.type),
      presentFrom: presentLevel(field),
      nulls: 0,
    };
  });
  const judge = createRowJudge();
  const chosen = chooseRows(reader.rowCount, label, sample);
  try {
    for (let start = 0; start < reader.rowCount; start += PIECE_ROWS) {
      if (signal.aborted) throw new LakeError('cancelled', 'cancelled while rows were judged');
      const rowCount = Math.min(PIECE_ROWS, reader.rowCount - start);
      for (const column of columns) await readPiece(arena, column, rowCount);
      const at = valuesOf(arena, columns);
      for (let row = 0; row < rowCount; row++) {
        const number = start + row;
        if (chosen(number)) judge.add(at(row), { number, day: dayOf(number) });
      }
    }
  } finally {
    for (const { buffer } of columns) buffer.release();
  }
  const nullCounts = new Map(
    columns.flatMap((column) => (column.field.nullable ? [[column.field.name, column.nulls] as const] : [])),
  );
  const findings = [...judge.findings(), ...nullFindings(nullCounts, reader.rowCount, nulls)];
  return { findings, nullCounts };
}

interface OpenColumn {
  readonly field: Field;
  readonly cursor: ColumnCursor;
  readonly buffer: ColumnBuffer;
  /** The level of the outermost value. */
  readonly presentFrom: number;
  nulls: number;
}

async function readPiece(arena: Arena, column: OpenColumn, rowCount: number): Promise<void> {
  const { buffer, cursor, presentFrom } = column;
  buffer.clear();
  await cursor.read(buffer, rowCount);
  column.nulls += nullCount(buffer.placed(), presentFrom, arena.bytes);
}

/** Of the judged columns, those that the file has, of the rows at hand. */
function valuesOf(arena: Arena, columns: readonly OpenColumn[]): (row: number) => JudgedRow {
  const judged = JUDGED_COLUMNS.flatMap((name) => {
    const column = columns.find(({ field }) => field.name === name);
    return column === undefined
      ? []
      : [[name, columnAt(arena, column.field.type, column.buffer.placed())] as const];
  });
  return (row) => {
    const values = judged.map(([name, column]) => {
      const value = valueAt(column, row);
      return [name, value instanceof Uint8Array ? Buffer.from(value).toString() : value] as const;
    });
    return Object.fromEntries(values) as JudgedRow;
  };
}

/** The rows whose numbers hash lowest: the same ones for the same label and seed, on any machine. */
function chooseRows(rowCount: number, label: string, { rows, seed }: RowSample): (row: number) => boolean {
  if (rows === 'all' || rows >= rowCount) return () => true;
  const ranked = Array.from({ length: rowCount }, (_, row) => ({
    row,
    rank: createHash('sha256').update(`${seed}\0${label}\0${row}`).digest('hex'),
  })).sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const chosen = new Set(ranked.slice(0, rows).map(({ row }) => row));
  return (row) => chosen.has(row);
}
