import { assert, LakeError, type Clock, type UtcDay } from '@ticklake/core';
import {
  balanceReceipt,
  placeOf,
  receiptFooter,
  type PublishedDataset,
  type Receipt,
} from '@ticklake/manifest';
import { localDayScheme, tier3DailyScheme } from '@ticklake/partition';
import type { ObjectStore } from '@ticklake/storage';
import { listArchiveDay, requireHours, type ArchiveDay } from '../../archive/archive-day.js';
import type { DayThread } from '../../thread/start-day-thread.js';
import { TIER2_DIGESTS_KEY } from '../projection.js';
import { publishExport, type ExportOutcome, type ExportSettings } from '../publish-export.js';
import { ENTRY_SCHEMA_VERSION, TIER3_SCHEMA } from './columns.js';
import { readHoursHere } from './day-hours.js';
import { describeDay, tier3ManifestSchema, type Tier3Manifest } from './manifest.js';
import { writeDay, type WrittenDay } from './write-day.js';

/** Names of the objects of a day. */
const NAMES = { dataName: 'data.parquet', manifestName: 'manifest.json' } as const;

/** Where a day comes from and goes to. */
export interface ExportContext extends ExportSettings {
  readonly archive: ObjectStore;
  /** Takes `YYYY-MM-DD/data.parquet` and its manifest. */
  readonly output: ObjectStore;
  /** Takes `tier3/daily/YYYY-MM-DD/…` as well; `undefined` for a local export. */
  readonly bucket: ObjectStore | undefined;
  readonly allowIncomplete: boolean;
  readonly clock: Clock;
  /** Starts a second thread for a day whose hours have so many bytes; `undefined` where it is not worth one. */
  threadFor(sizeBytes: number): DayThread | undefined;
  onRows(rowsDone: number): void;
}

/** What became of a day. */
export interface ExportedDay extends ExportOutcome<Tier3Manifest> {
  readonly day: UtcDay;
}

/**
 * Exports one day of the archive (T3-01 … T3-23): every hour's entries become one `data.parquet` in the output store, which is read back
 * and balanced against the hours before its manifest says that it is there; then, if wanted, the same bytes in the bucket. Equal archives
 * give equal bytes, and exporting what is exported already changes nothing.
 *
 * @throws LakeError `incomplete` (`MISSING_HOURS`) where an hour is not there or not whole, unless that is allowed.
 * @throws LakeError `missing` (`NO_ENTRIES`) where there is no hour at all.
 * @throws LakeError `corrupt` for an hour that cannot be read, as `writeDay`; nothing is published.
 * @throws LakeError `unavailable` (`THREAD_LOST`) where the second thread ended before its work did; nothing is published.
 * @throws LakeError `conflict` where other content is published and `overwrite` is off, or an hour changed meanwhile.
 */
export async function exportDay(day: UtcDay, context: ExportContext): Promise<ExportedDay> {
  const archiveDay = await listArchiveDay(context.archive, day);
  if (!context.allowIncomplete) requireHours(day, archiveDay.missingHours);
  if (archiveDay.files.length === 0) {
    throw new LakeError('missing', `No entries found for ${day}`, { code: 'NO_ENTRIES', details: { day } });
  }
  const thread = context.threadFor(archiveDay.files.reduce((sum, { object }) => sum + object.size, 0));
  try {
    return { day, ...(await new DayExport(archiveDay, context, thread).publish()) };
  } finally {
    await thread?.close();
  }
}

class DayExport {
  private written: WrittenDay | undefined;
  private receipt: Receipt | undefined;

  constructor(
    private readonly archiveDay: ArchiveDay,
    private readonly context: ExportContext,
    private readonly thread: DayThread | undefined,
  ) {}

  publish(): Promise<ExportOutcome<Tier3Manifest>> {
    const { context, archiveDay, thread } = this;
    const { day } = archiveDay;
    const { readHours } = thread ?? { readHours: readHoursHere };
    const createdAtMs = context.clock.nowMs();
    return publishExport(
      {
        schema: TIER3_SCHEMA,
        local: localDataset(context.output, day),
        remote: context.bucket && tier3Dataset(context.bucket, day),
        write: async (sink, parquet) => {
          this.written = await writeDay(archiveDay, sink, { ...context, parquet, readHours });
        },
        conclude: () => this.conclude(),
        describe: (facts, place) => {
          const { written, receipt } = this;
          assert(
            written !== undefined && receipt !== undefined,
            'a manifest is made when the rows are written',
          );
          const parts = { archiveDay, written, receipt, createdAtMs, writer: context.tool };
          return describeDay(parts, facts, place);
        },
      },
      context,
      thread && { readApart: (path, turns) => thread.readRows(context.arena, path, turns) },
    );
  }

  /** What the hours add up to, once it is known that they are still what they were. */
  private async conclude() {
    const { written, context } = this;
    assert(written !== undefined, 'rows are written before they are added up');
    for (const { source, etag } of written.hours) {
      const now = await context.archive.head(source.name);
      if (now?.etag === etag) continue;
      throw new LakeError('conflict', 'an hour of the archive changed while it was read', {
        code: 'HOUR_CHANGED',
        details: { file: source.name },
      });
    }
    const sources = written.hours.map(({ source }) => source);
    const receipt = balanceReceipt(sources, written.output);
    this.receipt = receipt;
    const footer = {
      ...receiptFooter({ receipt, sources, schemaVersion: ENTRY_SCHEMA_VERSION }),
      [TIER2_DIGESTS_KEY]: Buffer.from(written.projection.digests).toString('base64'),
    };
    return { rowCount: receipt.inputs.rows, multiset: receipt.inputs.multiset, footer };
  }
}

/** A day in a local export. */
export function localDataset(store: ObjectStore, day: UtcDay): PublishedDataset<Tier3Manifest> {
  return dayDatasetAt(store, localDayScheme.format({ day }));
}

/** A day in the bucket. */
export function tier3Dataset(store: ObjectStore, day: UtcDay): PublishedDataset<Tier3Manifest> {
  return dayDatasetAt(store, tier3DailyScheme.format({ day }));
}

/** A day whose folder is `directory`, `''` or ending in `/`. */
export function dayDatasetAt(store: ObjectStore, directory: string): PublishedDataset<Tier3Manifest> {
  return { store, directory, ...NAMES, manifestSchema: tier3ManifestSchema, place: placeOf };
}
