import {
  columnAt,
  createColumnBuffer,
  createMultisetHash,
  createOrderedHash,
  stripedAt,
  type Arena,
  type ColumnBuffer,
  type Field,
  type NestedType,
} from '@ticklake/columnar';
import { assert, LakeError } from '@ticklake/core';
import type { ShreddedColumn, ShreddedRows } from '@ticklake/jsonl';
import type { ReceiptOutput, SourceReceipt } from '@ticklake/manifest';
import type { ParquetSink, ParquetSinkOptions } from '@ticklake/parquet';
import { BATCH_ROWS } from '../../limits.js';
import { openRowWriter, type RowWriter } from '../row-writer.js';
import { TIER2_SCHEMA } from './columns.js';
import type { InputDay } from './read-days.js';

/** What a week came to when all of it was written. */
export interface WrittenWeek {
  /** A day each, in order. */
  readonly sources: readonly SourceReceipt[];
  readonly output: ReceiptOutput;
  /** Entries with a `meta.session_id` that an earlier one has (T2-21): they are kept. */
  readonly duplicateSessionRows: number;
}

/** What it takes to write a week. */
export interface WriteWeekContext {
  readonly arena: Arena;
  readonly parquet: ParquetSinkOptions;
  readonly signal: AbortSignal;
  onRows(rowsDone: number): void;
}

/**
 * Writes the columns of tier 2 of all days, in the order of days and of their rows. Nested values go from file to file as levels and
 * values; other columns are not read.
 *
 * @throws LakeError `corrupt` when a page is bad, `cancelled`; what the stores throw.
 */
export async function writeWeek(
  days: readonly InputDay[],
  sink: ParquetSink,
  context: WriteWeekContext,
): Promise<WrittenWeek> {
  const { arena, parquet } = context;
  const writer = await openRowWriter(arena, TIER2_SCHEMA, { sink, parquet });
  const buffers = TIER2_SCHEMA.fields.map(({ type }) => createColumnBuffer(arena, type));
  const week = new WeekWriter({ context, writer, buffers });
  try {
    const sources: SourceReceipt[] = [];
    for (const day of days) sources.push(await week.writeDay(day));
    await writer.finish();
    return { sources, ...week.result() };
  } finally {
    writer.release();
    for (const buffer of buffers) buffer.release();
  }
}

interface WeekParts {
  readonly context: WriteWeekContext;
  readonly writer: RowWriter;
  readonly buffers: readonly ColumnBuffer[];
}

class WeekWriter {
  private readonly multiset = createMultisetHash();
  private readonly ordered = createOrderedHash();
  private readonly sessions = new Set<string>();
  private rows = 0;
  private duplicates = 0;

  constructor(private readonly parts: WeekParts) {}

  async writeDay({ manifest, data, reader }: InputDay): Promise<SourceReceipt> {
    const { context, writer, buffers } = this.parts;
    const cursors = TIER2_SCHEMA.fields.map(({ name }) => reader.column(name));
    const hash = createMultisetHash();
    for (let row = 0; row < reader.rowCount; ) {
      if (context.signal.aborted) throw new LakeError('cancelled', 'cancelled while the week was written');
      const rowCount = Math.min(BATCH_ROWS, writer.room, reader.rowCount - row);
      for (const [i, buffer] of buffers.entries()) {
        buffer.clear();
        await cursors[i]?.read(buffer, rowCount);
      }
      const rows = rowsAt(context.arena, buffers, rowCount);
      this.countSessions(rows);
      const digests = await writer.add(rows);
      for (const one of [hash, this.multiset, this.ordered]) one.add(digests);
      row += rowCount;
      this.rows += rowCount;
      context.onRows(this.rows);
    }
    return {
      name: data.meta.key,
      size: data.size,
      sha256: manifest.parquet_sha256,
      rows: reader.rowCount,
      multiset: hash.hex(),
      sorted: true,
    };
  }

  result(): Omit<WrittenWeek, 'sources'> {
    const output = { rows: this.rows, multiset: this.multiset.hex(), ordered: this.ordered.hex() };
    return { output, duplicateSessionRows: this.duplicates };
  }

  private countSessions({ columns }: ShreddedRows): void {
    const meta = columns[META];
    assert(meta?.kind === 'nested', 'meta is a struct');
    const values = meta.rows.leaves[SESSION_ID]?.values;
    assert(values?.layout === 'bytes' || values?.layout === 'dictionary', 'a session id is text');
    for (const session of texts(values)) {
      if (this.sessions.has(session)) this.duplicates++;
      else this.sessions.add(session);
    }
  }
}

const META = TIER2_SCHEMA.fields.findIndex(({ name }) => name === 'meta');
/** The fields of `meta` are flat: a leaf for each. */
const SESSION_ID = ((TIER2_SCHEMA.fields[META] as Field).type as NestedType).children.findIndex(
  ({ name }) => name === 'session_id',
);

/** Rows of buffers, as a writer takes them. */
function rowsAt(arena: Arena, buffers: readonly ColumnBuffer[], rowCount: number): ShreddedRows {
  const columns = buffers.map((buffer): ShreddedColumn => {
    const placed = buffer.placedAsRead();
    if (placed.layout === 'striped') return { kind: 'nested', rows: stripedAt(arena, placed) };
    return { kind: 'flat', column: columnAt(arena, buffer.type, placed) };
  });
  return { rowCount, columns };
}

function* texts(
  column: Extract<ReturnType<typeof columnAt>, { readonly layout: 'bytes' | 'dictionary' }>,
): Generator<string> {
  const { offsets, data } = column.layout === 'bytes' ? column.values : bytesOf(column.dictionary);
  const count = column.layout === 'bytes' ? offsets.length - 1 : column.codes.length;
  for (let i = 0; i < count; i++) {
    const at = column.layout === 'bytes' ? i : (column.codes[i] as number);
    yield Buffer.from(data.subarray(offsets[at], offsets[at + 1])).toString('utf8');
  }
}

function bytesOf(dictionary: object): { readonly offsets: Uint32Array; readonly data: Uint8Array } {
  assert('offsets' in dictionary, 'texts have a dictionary of texts');
  return dictionary as { readonly offsets: Uint32Array; readonly data: Uint8Array };
}
