import { createHash, type Hash } from 'node:crypto';
import {
  createArenaBuffer,
  createColumnBuffer,
  createMultisetHash,
  createOrderedHash,
  type Arena,
  type ColumnBuffer,
  type MultisetHash,
  type RowDigests,
  type Schema,
} from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import type { ReceiptOutput, SourceReceipt } from '@ticklake/manifest';
import {
  holdColumns,
  openRowGroupEncoder,
  type HeldColumns,
  type ParquetReader,
  type ParquetSink,
  type ParquetSinkOptions,
  type RowGroupEncoder,
} from '@ticklake/parquet';
import { BATCH_ROWS } from '../../limits.js';
import type { Projection } from '../projection.js';
import { openRowWriter, type RowWriter } from '../row-writer.js';
import { countDuplicateSessions } from './count-sessions.js';
import { openDayRows } from './day-rows.js';
import { dataMismatch, type InputDay } from './read-days.js';

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
  readonly sink: ParquetSink;
  readonly parquet: ParquetSinkOptions;
  readonly signal: AbortSignal;
  onRows(rowsDone: number): void;
}

/**
 * Writes the columns of tier 2 of all days, in the order of days and of their rows, and no other column is read. Chunks of a day with a
 * projection go from file to file as they are stored (T2-19); the rows of other days are decoded and encoded again. Row groups are
 * those of the days: the bytes do not tell which way they were written.
 *
 * @throws LakeError `corrupt` when a page is bad; `corrupt` (`DATA_MISMATCH`) when a day's columns are not the bytes that its manifest
 *   answers for; `cancelled`; what the stores throw.
 */
export async function writeWeek(
  days: readonly InputDay[],
  schema: Schema,
  context: WriteWeekContext,
): Promise<WrittenWeek> {
  const { arena, sink, parquet, signal } = context;
  const encoder = await openRowGroupEncoder(arena, schema, parquet);
  const writer = await openRowWriter(arena, schema, { sink, parquet });
  const into = schema.fields.map(({ type }) => createColumnBuffer(arena, type));
  const week = new WeekWriter({ context, schema, encoder, writer, into });
  try {
    const sources: SourceReceipt[] = [];
    for (const day of days) sources.push(await week.writeDay(day));
    const duplicateSessionRows = await countDuplicateSessions(
      days.map(({ reader }) => reader),
      { arena, signal },
    );
    return { sources, output: week.output(), duplicateSessionRows };
  } finally {
    for (const one of [encoder, writer, ...into]) one.release();
  }
}

interface WeekParts {
  readonly context: WriteWeekContext;
  readonly schema: Schema;
  /** For row groups that are copied. */
  readonly encoder: RowGroupEncoder;
  /** For rows that were decoded. */
  readonly writer: RowWriter;
  readonly into: readonly ColumnBuffer[];
}

class WeekWriter {
  private readonly multiset = createMultisetHash();
  private readonly ordered = createOrderedHash();
  private rows = 0;

  constructor(private readonly parts: WeekParts) {}

  async writeDay(day: InputDay): Promise<SourceReceipt> {
    const { manifest, data, reader, projection } = day;
    const hash = createMultisetHash();
    if (projection === undefined) await this.decodeDay(day, hash);
    else await this.copyDay(day, projection, hash);
    return {
      name: data.meta.key,
      size: data.size,
      sha256: manifest.parquet_sha256,
      rows: reader.rowCount,
      multiset: hash.hex(),
      sorted: true,
    };
  }

  output(): ReceiptOutput {
    return { rows: this.rows, multiset: this.multiset.hex(), ordered: this.ordered.hex() };
  }

  private async decodeDay({ reader }: InputDay, hash: MultisetHash): Promise<void> {
    const { context, schema, writer } = this.parts;
    const rows = openDayRows(context.arena, schema, reader);
    try {
      for (let row = 0; row < reader.rowCount; ) {
        this.stopIfCancelled();
        const rowCount = Math.min(BATCH_ROWS, writer.room, reader.rowCount - row);
        this.count(await writer.add(await rows.read(rowCount)), hash);
        row += rowCount;
      }
      // So that row groups are those of a day, as they are when it is copied.
      await writer.finish();
    } finally {
      rows.release();
    }
  }

  private async copyDay(day: InputDay, projection: Projection, hash: MultisetHash): Promise<void> {
    const { context, schema, encoder, into } = this.parts;
    const { reader } = day;
    const stored = schema.fields.map(() => ({ sizeBytes: 0, hash: createHash('sha256') }));
    const names = schema.fields.map(({ name }) => name);
    for await (const { rowGroup, rowCount, held } of heldRowGroups(reader, names)) {
      this.stopIfCancelled();
      const columns = names.map((name, i) => ({
        ...{ layout: 'stored' as const, reader, rowGroup, name, held },
        into: into[i] as ColumnBuffer,
        witness: witnessOf(stored[i] as StoredHash),
      }));
      const chunks = await encoder.encode(columns, rowCount);
      await context.sink.writeRowGroup(chunks.flat(), rowCount);
    }
    projection.columns.forEach(({ name, sizeBytes, sha256 }, i) => {
      const seen = stored[i] as StoredHash;
      if (seen.sizeBytes === sizeBytes && seen.hash.digest('hex') === sha256) return;
      throw dataMismatch(day.day, 'a column of a day is not what its manifest describes', { column: name });
    });
    const digests = createArenaBuffer(context.arena);
    try {
      const address = digests.room(Math.max(projection.digests.length, 1));
      context.arena.put(projection.digests, address);
      this.addDigests(day, { arena: context.arena, address, rowCount: reader.rowCount }, hash);
    } finally {
      digests.release();
    }
  }

  /** Digests are those of the rows when they add up to what the manifest says, in any order and in theirs. */
  private addDigests({ day, projection }: InputDay, digests: RowDigests, hash: MultisetHash): void {
    const ordered = createOrderedHash();
    ordered.add(digests);
    this.count(digests, hash);
    const { content } = projection as Projection;
    if (hash.hex() === content.multiset && ordered.hex() === content.ordered) return;
    throw dataMismatch(day, 'the digests of a day do not add up to what its manifest says');
  }

  private count(digests: RowDigests, hash: MultisetHash): void {
    for (const one of [hash, this.multiset, this.ordered]) one.add(digests);
    this.rows += digests.rowCount;
    this.parts.context.onRows(this.rows);
  }

  private stopIfCancelled(): void {
    if (!this.parts.context.signal.aborted) return;
    throw new LakeError('cancelled', 'cancelled while the week was written');
  }
}

/** A row group, with the bytes of some columns until the next one is asked for. */
interface HeldRowGroup {
  readonly rowGroup: number;
  readonly rowCount: number;
  readonly held: HeldColumns;
}

/** The row groups of a day, each of which is read while the one before is copied. */
async function* heldRowGroups(
  reader: ParquetReader,
  columns: readonly string[],
): AsyncGenerator<HeldRowGroup> {
  const hold = (rowGroup: number) => {
    const holding = reader.rowGroups[rowGroup] && holdColumns(reader, { rowGroup, columns });
    // It is noticed by whoever waits for it.
    holding?.catch(() => undefined);
    return holding;
  };
  let next = hold(0);
  try {
    for (const [rowGroup, { rowCount }] of reader.rowGroups.entries()) {
      const held = (await next) as HeldColumns;
      next = hold(rowGroup + 1);
      try {
        yield { rowGroup, rowCount, held };
      } finally {
        held.release();
      }
    }
  } finally {
    (await next?.catch(() => undefined))?.release();
  }
}

interface StoredHash {
  readonly hash: Hash;
  sizeBytes: number;
}

function witnessOf(stored: StoredHash): (chunk: Uint8Array) => void {
  return (chunk) => {
    stored.hash.update(chunk);
    stored.sizeBytes += chunk.length;
  };
}
