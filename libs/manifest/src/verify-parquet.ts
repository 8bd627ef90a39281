import {
  createMultisetHash,
  createOrderedHash,
  type Arena,
  type ColumnBuffer,
  type Field,
  type FixedColumnBuffer,
  type Schema,
} from '@ticklake/columnar';
import { assert, type ByteSource } from '@ticklake/core';
import { type ParquetLimits, type ParquetReader } from '@ticklake/parquet';
import type { FileFacts, Finding } from './facts.js';
import { error, sortingFindings, unprotectedFindings } from './file-findings.js';
import { judgeFile, type RowFacts, type Verification } from './judge-file.js';
import { hashRows, type ReadRows, type RowPiece } from './read-rows.js';
import { createTurns, endTurns, takeTurns, type RowGroupTurns } from './row-group-turns.js';
import { createRowOrder, isOrderable, type RowOrder } from './row-order.js';
import { createSequenceCheck, type SequenceCheck } from './sequence-check.js';

/**
 * Reads the row groups of the file whose turn it is elsewhere, such as in another thread by `readRowsInTurn`, while others are read here. When
 * it fails, nobody is given another one.
 */
export type ReadApart = (turns: RowGroupTurns) => Promise<ReadRows>;

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
  /** Where some of the rows are read; everything is read here when left out, and where order or sequence are judged. */
  readonly apart?: ReadApart | undefined;
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
export async function verifyParquet(
  source: ByteSource,
  expected: Partial<FileFacts>,
  options: VerifyOptions,
): Promise<Verification> {
  const others = startOthers(options);
  try {
    return await judgeFile(source, expected, {
      ...options,
      look: (reader, findings) => readRows(reader, { ...options, others }, findings),
    });
  } finally {
    await others?.end();
  }
}

/** Rows that are being read elsewhere. */
interface OtherRows {
  readonly turns: RowGroupTurns;
  readonly read: Promise<ReadRows>;
  /** Has them read no more, and waits until they are not. */
  end(): Promise<void>;
}

/** Begins with the rows while the whole file is hashed here. */
function startOthers({ orderBy, sequence, apart }: VerifyOptions): OtherRows | undefined {
  if (apart === undefined || orderBy.length > 0 || sequence !== undefined) return undefined;
  const turns = createTurns();
  const read = apart(turns);
  // What fails is told of by whoever waits for it.
  const ended = read.then(
    () => undefined,
    () => undefined,
  );
  return {
    turns,
    read,
    end() {
      endTurns(turns);
      return ended;
    },
  };
}

/** Reads every column of every row; finds what is wrong with the rows, and what they add up to. */
async function readRows(
  reader: ParquetReader,
  options: VerifyOptions & { readonly others: OtherRows | undefined },
  findings: Finding[],
): Promise<RowFacts> {
  const { arena, others } = options;
  const { schema, rowCount } = reader;
  const orderBy = orderFields(schema, options.orderBy, findings);
  const order = createRowOrder(arena);
  const sequence = createSequenceCheck(arena, schema, options.sequence);
  const look = ({ columns }: RowPiece) => {
    const fixedNamed = (name: string) => fixedColumn(columns, schema, name);
    if (orderBy.length > 0) order.add(orderBy.map(({ name }) => fixedNamed(name)));
    if (options.sequence !== undefined && sequence.wantsRows) sequence.add(fixedNamed(options.sequence));
  };
  let read: ReadRows;
  try {
    read = await (others === undefined
      ? readAlone(reader, options, look)
      : readTogether(reader, options, others));
  } finally {
    order.release();
  }
  findings.push(
    ...orderFindings(order, orderBy),
    ...sequenceFindings(sequence),
    ...sortingFindings(reader.rowGroups, options.orderBy),
    ...unprotectedFindings(read.pages),
  );
  return { rowCount, orderMin: order.span?.min, orderMax: order.span?.max, content: read.content };
}

async function readAlone(
  reader: ParquetReader,
  options: VerifyOptions,
  look: (piece: RowPiece) => void,
): Promise<ReadRows> {
  const content = await hashRows(reader, options, { groups: reader.rowGroups.keys(), look });
  return { content, pages: reader.pages };
}

/** Some row groups here, the others elsewhere. */
async function readTogether(
  reader: ParquetReader,
  options: VerifyOptions,
  { turns, read }: OtherRows,
): Promise<ReadRows> {
  const own = await hashRows(reader, options, { groups: takeTurns(turns, reader.rowGroups.length) });
  const other = await read;
  const [multiset, ordered] = [createMultisetHash(), createOrderedHash()];
  for (const content of [own, other.content]) {
    multiset.addHash(content.multiset);
    ordered.addHash(content.ordered);
  }
  return {
    content: { multiset: multiset.hex(), ordered: ordered.hex() },
    pages: {
      read: reader.pages.read + other.pages.read,
      withCrc: reader.pages.withCrc + other.pages.withCrc,
    },
  };
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
