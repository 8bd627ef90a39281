import type { Arena } from '@ticklake/columnar';
import { assert, LakeError, sha256Of, type Clock, type UtcDay } from '@ticklake/core';
import {
  balanceReceipt,
  publishFile,
  publishParquet,
  readPublished,
  receiptFooter,
  type Commitment,
  type FilePublication,
  type PublishedDataset,
  type PublishOutcome,
  type Receipt,
} from '@ticklake/manifest';
import { localDayScheme, tier3DailyScheme } from '@ticklake/partition';
import type { ObjectStore } from '@ticklake/storage';
import { listArchiveDay, requireHours, type ArchiveDay } from '../../archive/archive-day.js';
import { PARQUET, PUBLISHED_LIMITS } from '../../limits.js';
import { ENTRY_SCHEMA_VERSION, TIER3_SCHEMA } from './columns.js';
import { describeDay, placeOf, tier3ManifestSchema, type Tier3Manifest } from './manifest.js';
import { writeDay, type WrittenDay } from './write-day.js';

/** Names of the objects of a day. */
const NAMES = { dataName: 'data.parquet', manifestName: 'manifest.json' } as const;

/** Where a day comes from and goes to. */
export interface ExportContext {
  readonly arena: Arena;
  readonly archive: ObjectStore;
  /** Takes `YYYY-MM-DD/data.parquet` and its manifest. */
  readonly output: ObjectStore;
  /** Takes `tier3/daily/YYYY-MM-DD/…` as well; `undefined` for a local export. */
  readonly bucket: ObjectStore | undefined;
  readonly allowIncomplete: boolean;
  /** Whether other content may take the place of what is published. */
  readonly overwrite: boolean;
  readonly scratchDirectory: string;
  readonly clock: Clock;
  /** Name and version of the program. */
  readonly tool: string;
  readonly signal: AbortSignal;
  onRows(rowsDone: number): void;
}

/** What became of a day. */
export interface ExportedDay {
  readonly day: UtcDay;
  readonly local: PublishOutcome<Tier3Manifest>;
  /** `undefined` where nothing was to be uploaded. */
  readonly uploaded: PublishOutcome<Tier3Manifest> | undefined;
}

/**
 * Exports one day of the archive (T3-01 … T3-23): every hour's entries become one `data.parquet` in the output store, which is read back
 * and balanced against the hours before its manifest says that it is there; then, if wanted, the same bytes in the bucket. Equal archives
 * give equal bytes, and exporting what is exported already changes nothing.
 *
 * @throws LakeError `incomplete` (`MISSING_HOURS`) where an hour is not there or not whole, unless that is allowed.
 * @throws LakeError `missing` (`NO_ENTRIES`) where there is no hour at all.
 * @throws LakeError `corrupt` for an hour that cannot be read, as `writeDay`; nothing is published.
 * @throws LakeError `conflict` where other content is published and `overwrite` is off, or an hour changed meanwhile.
 */
export async function exportDay(day: UtcDay, context: ExportContext): Promise<ExportedDay> {
  const archiveDay = await listArchiveDay(context.archive, day);
  if (!context.allowIncomplete) requireHours(day, archiveDay.missingHours);
  if (archiveDay.files.length === 0) {
    throw new LakeError('missing', `No entries found for ${day}`, { code: 'NO_ENTRIES', details: { day } });
  }
  const work = new DayExport(archiveDay, context);
  const local = await work.publishLocally();
  const uploaded = context.bucket && (await work.upload(context.bucket, local));
  return { day, local, uploaded };
}

class DayExport {
  private written: WrittenDay | undefined;
  private receipt: Receipt | undefined;

  constructor(
    private readonly archiveDay: ArchiveDay,
    private readonly context: ExportContext,
  ) {}

  async publishLocally(): Promise<PublishOutcome<Tier3Manifest>> {
    const { context, archiveDay } = this;
    const { arena, tool, scratchDirectory } = context;
    const parquet = { ...PARQUET, createdBy: tool };
    return publishParquet({
      ...this.filePublication(localDataset(context.output, archiveDay.day)),
      schema: TIER3_SCHEMA,
      parquet,
      orderBy: [],
      sequence: undefined,
      hashExclude: [],
      scratchDirectory,
      write: async (sink) => {
        const { archive, allowIncomplete, signal, onRows } = context;
        const options = { arena, archive, parquet, allowIncomplete, signal, onRows };
        this.written = await writeDay(archiveDay, sink, options);
      },
      conclude: () => this.conclude(),
    });
  }

  /** The bytes that were published locally, after a last look at them. */
  async upload(
    bucket: ObjectStore,
    { facts }: PublishOutcome<Tier3Manifest>,
  ): Promise<PublishOutcome<Tier3Manifest>> {
    const { context, archiveDay } = this;
    const published = await readPublished(localDataset(context.output, archiveDay.day));
    const source = published?.data;
    if (source === undefined || (await sha256Of(source, context.signal)) !== facts.sha256) {
      throw new LakeError('conflict', 'the local export changed before it was uploaded', {
        code: 'LOCAL_CHANGED',
        details: { day: archiveDay.day },
      });
    }
    const dataset = tier3Dataset(bucket, archiveDay.day);
    return publishFile(this.filePublication(dataset), { source, facts });
  }

  private filePublication(dataset: PublishedDataset<Tier3Manifest>): FilePublication<Tier3Manifest> {
    const { arena, overwrite, signal, clock, tool } = this.context;
    const createdAtMs = clock.nowMs();
    const describe: Commitment<Tier3Manifest>['describe'] = (facts, place) => {
      const { archiveDay, written, receipt } = this;
      assert(written !== undefined && receipt !== undefined, 'a manifest is made when the rows are written');
      return describeDay({ archiveDay, written, receipt, createdAtMs, writer: tool }, facts, place);
    };
    return { ...dataset, arena, limits: PUBLISHED_LIMITS, replace: overwrite, signal, describe };
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
    const footer = receiptFooter({ receipt, sources, schemaVersion: ENTRY_SCHEMA_VERSION });
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
