import {
  createColumnBuffer,
  createMultisetHash,
  createOrderedHash,
  createRowHasher,
  type Arena,
  type ColumnBuffer,
  type Field,
  type FixedColumnBuffer,
  type Schema,
} from '@ticklake/columnar';
import { assert, type ByteSource } from '@ticklake/core';
import { type ParquetLimits, type ParquetReader, type RowGroupFacts } from '@ticklake/parquet';
import { throwIfCancelled } from './cancelled.js';
import type { FileFacts, Finding } from './facts.js';
import { error, sortingFindings, unprotectedFindings } from './file-findings.js';
import { judgeFile, type RowFacts, type Verification } from './judge-file.js';
import { createRowOrder, isOrderable, type RowOrder } from './row-order.js';
import { createSequenceCheck, type SequenceCheck } from './sequence-check.js';

/** Rows in memory at once are a row group, or what is about so much of it. Working sizes: they change no answer. */
const PIECE_BYTES = 16 * 1024 * 1024;
const PIECE_ROWS = 131_072;

/** How {@link verifyParquet} is to look at a file. */
export interface VerifyOptions {
  /** Holds the rows that are looked at. */
  readonly arena: Arena;
  /** Names of at most two columns the rows are sorted by, ascending. Empty: order is not judged. */
  readonly orderBy: readonly string[];
  /** The column that numbers the rows 0…N-1, if the file has one. */
  readonly sequence: string | undefined;
  readonly limits: ParquetLimits;
  /** Columns left out of the content hash, e.g. the sequence, which sources do not have. */
  readonly exclude: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads every byte and every page of a Parquet file and judges it (MF-19): the SHA-256 of the whole, each page's CRC,
 * row count, schema, order and sequence from every row, range and statistics of the first order column, content
 * hashes. `expected` says what is known beforehand; facts it leaves out are not compared. Memory is a row group of a usual size.
 *
 * Works on files of any writer (MF-23): pages without a CRC are a warning named `unprotected`.
 *
 * @throws LakeError `cancelled`, or what the source throws when it cannot be read (`unavailable`, `conflict`…).
 *   Bad bytes, and rows that the arena cannot hold, are findings and are never thrown.
 */
export function verifyParquet(
  source: ByteSource,
  expected: Partial<FileFacts>,
  options: VerifyOptions,
): Promise<Verification> {
  return judgeFile(source, expected, {
    ...options,
    look: (reader, findings) => readRows(reader, options, findings),
  });
}

/** Reads every column of every row; finds what is wrong with the rows, and what they add up to. */
async function readRows(
  reader: ParquetReader,
  options: VerifyOptions,
  findings: Finding[],
): Promise<RowFacts> {
  const { arena, exclude, signal } = options;
  const { schema } = reader;
  const orderBy = orderFields(schema, options.orderBy, findings);
  const order = createRowOrder(arena);
  const sequence = createSequenceCheck(arena, schema, options.sequence);
  const hasher = createRowHasher(arena, schema, { exclude });
  const multiset = createMultisetHash();
  const ordered = createOrderedHash();
  try {
    for await (const { columns, rowCount } of readPieces(arena, reader)) {
      throwIfCancelled(signal);
      const fixedNamed = (name: string) => fixedColumn(columns, schema, name);
      if (orderBy.length > 0) order.add(orderBy.map(({ name }) => fixedNamed(name)));
      if (options.sequence !== undefined && sequence.wantsRows) sequence.add(fixedNamed(options.sequence));
      const placed = columns.map((column) => column.placedAsRead());
      const digests = hasher.digest(placed, { start: 0, end: rowCount });
      multiset.add(digests);
      ordered.add(digests);
    }
  } finally {
    order.release();
    hasher.release();
  }
  findings.push(
    ...orderFindings(order, orderBy),
    ...sequenceFindings(sequence),
    ...sortingFindings(reader.rowGroups, options.orderBy),
    ...unprotectedFindings(reader.pages),
  );
  const content = { multiset: multiset.hex(), ordered: ordered.hex() };
  const { rowCount } = reader;
  return { rowCount, orderMin: order.span?.min, orderMax: order.span?.max, content };
}

/** Some rows of a file. */
interface Piece {
  readonly rowCount: number;
  readonly columns: readonly ColumnBuffer[];
}

/**
 * All columns, some rows at a time; what it gives holds until the next. Rows of two row groups are never together, since what one
 * dictionary stands for is hashed once, and two would have to be joined first.
 */
async function* readPieces(arena: Arena, reader: ParquetReader): AsyncGenerator<Piece> {
  const { fields } = reader.schema;
  const columns = fields.map(({ type }) => createColumnBuffer(arena, type));
  const cursors = fields.map(({ name }) => reader.column(name));
  try {
    for (const group of reader.rowGroups) {
      const rowsMax = pieceRows(group);
      for (let row = 0; row < group.rowCount; row += rowsMax) {
        const rowCount = Math.min(rowsMax, group.rowCount - row);
        for (const [i, column] of columns.entries()) {
          column.clear();
          const wait = cursors[i]?.read(column, rowCount);
          if (wait !== undefined) await wait;
        }
        yield { rowCount, columns };
      }
    }
  } finally {
    for (const column of columns) column.release();
  }
}

function pieceRows({ rowCount, columns }: RowGroupFacts): number {
  const sizeBytes = columns.reduce((sum, { uncompressedSizeBytes }) => sum + uncompressedSizeBytes, 0);
  const rowsMax = Math.floor(rowCount * Math.min(1, PIECE_BYTES / Math.max(sizeBytes, 1)));
  return Math.max(1, Math.min(rowsMax, PIECE_ROWS));
}

function fixedColumn(columns: readonly ColumnBuffer[], { fields }: Schema, name: string): FixedColumnBuffer {
  const column = columns[fields.findIndex((field) => field.name === name)];
  assert(column?.kind === 'fixed', 'order columns and sequences have a fixed width');
  return column;
}

/** The order columns that the file has and that can be compared; what is wrong with the others is a finding. */
function orderFields(schema: Schema, names: readonly string[], findings: Finding[]): readonly Field[] {
  const fields: Field[] = [];
  for (const name of names) {
    const field = schema.fields.find((candidate) => candidate.name === name);
    if (field !== undefined && isOrderable(field)) fields.push(field);
    else if (field === undefined)
      findings.push(error('order', 'an order column is missing', { column: name }));
    else {
      const details = { column: name, kind: field.type.kind };
      findings.push(error('order', 'rows cannot be ordered by a column of this type', details));
    }
  }
  return fields.length === names.length ? fields : [];
}

function orderFindings(order: RowOrder, orderBy: readonly Field[]): Finding[] {
  const columns = orderBy.map(({ name }) => name).join(',');
  const { nullRow, disorderRow } = order;
  const findings: Finding[] = [];
  if (nullRow !== undefined) {
    findings.push(error('order', 'an order column is null', { code: 'NULL_TS', columns, row: nullRow }));
  }
  if (disorderRow !== undefined) {
    findings.push(
      error('order', 'a row sorts before the one above it', { code: 'UNSORTED', columns, row: disorderRow }),
    );
  }
  return findings;
}

function sequenceFindings({ faults }: SequenceCheck): Finding[] {
  return faults.map(({ message, details }) => error('sequence', message, details));
}
