import { createMultisetHash, createOrderedHash, type Arena } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import type { ShreddedRows } from '@ticklake/jsonl';
import type { ReceiptOutput, SourceReceipt } from '@ticklake/manifest';
import type { ParquetSink, ParquetSinkOptions } from '@ticklake/parquet';
import type { ObjectStore } from '@ticklake/storage';
import { HOURS, requireHours, type ArchiveDay } from '../../archive/archive-day.js';
import { getHour, inFile, isUnfinished, isWhole } from '../../archive/read-hour.js';
import { TIER2_COLUMNS, TIER3_SCHEMA } from './columns.js';
import type { DayHours, OpenHour, ReadHours } from './day-hours.js';
import { createEntryTally, type EntryFacts, type EntryTally } from './entry-tally.js';
import { createProjectionWriter, type Projection, type ProjectionWriter } from '../projection.js';
import { openRowWriter, type RowWriter } from '../row-writer.js';

/** An hour as it went into the file. */
export interface WrittenHour {
  readonly hour: number;
  readonly source: SourceReceipt;
  /** The version that was read. */
  readonly etag: string;
  /** The code of what ended it before its end; only with `allowIncomplete`. */
  readonly damage: string | undefined;
}

/** What a day came to when all of it was written. */
export interface WrittenDay {
  /** In order of hour. */
  readonly hours: readonly WrittenHour[];
  readonly output: ReceiptOutput;
  readonly entries: EntryFacts;
  readonly unknownKeys: ReadonlyMap<string, number>;
  /** The columns of tier 2. */
  readonly projection: Projection;
}

/** What it takes to write a day. */
export interface WriteDayContext {
  readonly arena: Arena;
  readonly archive: ObjectStore;
  readonly parquet: ParquetSinkOptions;
  /** Whether the lines before the damage of an hour are taken (T3-04). */
  readonly allowIncomplete: boolean;
  readonly readHours: ReadHours;
  readonly signal: AbortSignal;
  onRows(rowsDone: number): void;
}

/**
 * Writes the entries of all hours that are there, in the order of hour and line (T3-23), in the memory of a row group and an hour's file.
 *
 * @throws LakeError `incomplete` (`MISSING_HOURS`) when an hour ends before its end, with all that do.
 * @throws LakeError `corrupt` with `file`, `line`, `path` and `offset` as they apply, for anything else that is wrong with an hour.
 */
export async function writeDay(
  archiveDay: ArchiveDay,
  sink: ParquetSink,
  context: WriteDayContext,
): Promise<WrittenDay> {
  const { arena, archive, parquet, allowIncomplete } = context;
  const projection = createProjectionWriter(arena, TIER3_SCHEMA, TIER2_COLUMNS);
  const writer = await openRowWriter(arena, TIER3_SCHEMA, { sink, parquet, projection });
  const { rowGroupRows } = parquet;
  const day = new DayWriter({
    archiveDay,
    context,
    writer,
    projection,
    hours: context.readHours({ archive, files: archiveDay.files }, { allowIncomplete, rowGroupRows }),
    tally: createEntryTally(archiveDay.day),
  });
  try {
    return await day.write();
  } finally {
    writer.release();
    projection.release();
  }
}

interface DayParts {
  readonly archiveDay: ArchiveDay;
  readonly context: WriteDayContext;
  readonly writer: RowWriter;
  readonly projection: ProjectionWriter;
  readonly hours: DayHours;
  readonly tally: EntryTally;
}

class DayWriter {
  private readonly multiset = createMultisetHash();
  private readonly ordered = createOrderedHash();
  private rows = 0;

  constructor(private readonly parts: DayParts) {}

  async write(): Promise<WrittenDay> {
    const { hours, writer, projection, tally } = this.parts;
    const written: WrittenHour[] = [];
    for await (const hour of hours.hours()) written.push(await this.writeHour(hour));
    await writer.finish();
    const output = { rows: this.rows, multiset: this.multiset.hex(), ordered: this.ordered.hex() };
    return {
      ...{ hours: written, output },
      entries: tally.facts(),
      unknownKeys: hours.unknownKeys(),
      projection: projection.result(),
    };
  }

  private async writeHour(hour: OpenHour): Promise<WrittenHour> {
    const { context, archiveDay } = this.parts;
    const { file, identity } = hour;
    const hash = createMultisetHash();
    const before = this.rows;
    try {
      for await (const rows of hour.rows()) {
        if (context.signal.aborted) throw new LakeError('cancelled', 'cancelled while the day was written');
        await this.add(rows, hash);
      }
    } catch (error) {
      if (isUnfinished(error) && !context.allowIncomplete) {
        requireHours(archiveDay.day, await this.unfinishedHours(file.hour));
      }
      throw inFile(error, file.object.key);
    }
    const { object, sha256 } = identity;
    const rows = this.rows - before;
    const source = { name: object.key, size: object.size, sha256, rows, multiset: hash.hex(), sorted: true };
    return { hour: file.hour, source, etag: object.etag, damage: hour.damage() };
  }

  /** Rows to the file and to the hash of their hour. */
  private async add(rows: ShreddedRows, hash: ReturnType<typeof createMultisetHash>): Promise<void> {
    const { writer, tally, context } = this.parts;
    tally.add(rows);
    const digests = await writer.add(rows);
    for (const one of [hash, this.multiset, this.ordered]) one.add(digests);
    this.rows += rows.rowCount;
    context.onRows(this.rows);
  }

  /** That of which it is known, and whichever else is not whole, so that the operator is told of all at once. */
  private async unfinishedHours(first: number): Promise<readonly number[]> {
    const { archiveDay, context } = this.parts;
    const unfinished = new Set([first, ...archiveDay.missingHours]);
    for (const file of archiveDay.files) {
      if (file.hour > first && !(await isWhole(await getHour(context.archive, file))))
        unfinished.add(file.hour);
    }
    return HOURS.filter((hour) => unfinished.has(hour));
  }
}
