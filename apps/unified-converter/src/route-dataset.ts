import { LakeError, sha256Of } from '@ticklake/core';
import { parseChecksum } from '@ticklake/csv';
import type { ColumnUnit, UnifiedDataset } from '@ticklake/market';
import {
  createRouter,
  createSpill,
  timesOf,
  type RoutedPartition,
  type Router,
  type Spill,
} from '@ticklake/shuffle';
import type { ConvertContext, ConvertRequest } from './convert-request.js';
import type { DatasetEntry, SourceEntry } from './documents/metadata.js';
import { BATCH_ROWS } from './limits.js';
import { damagedPeriods, publishedPeriod } from './published-periods.js';
import { datasetPath } from './partitions/partition-paths.js';
import { groupByPeriod, periodText, type PartitionPeriod } from './partitions/partition-period.js';
import { PARTITION_VERSION } from './partitions/manifest.js';
import { valueFieldsOf } from './partitions/stored-columns.js';
import type { FoundSources } from './sources/find-sources.js';
import type { ReadSource, SourceRequest } from './sources/open-source.js';
import { sourceChanged } from './sources/source-changed.js';
import type { SourceFile } from './sources/source-file.js';
import type { SourceReading } from './sources/source-rows.js';

/** The rows of a dataset that have to be published, and what is known of its sources. */
export interface RoutedDataset {
  readonly dataset: UnifiedDataset;
  readonly found: FoundSources;
  /** What was published of it before. */
  readonly previous: DatasetEntry | undefined;
  /** Every source that is in the dataset, read now or before. */
  readonly sources: readonly SourceEntry[];
  /** What partitions are by. */
  readonly period: PartitionPeriod;
  /** Partitions whose rows are not those that are published, or may not be, by their first days. */
  readonly partitions: readonly RoutedPartition<number>[];
  /** `undefined` where there are no rows at all. */
  readonly timeUnit: ColumnUnit | undefined;
  /** Whether sources are left out. */
  readonly isPartial: boolean;
  readonly settings: string;
  readonly spill: Spill;
}

/**
 * Reads the sources of a dataset that are new or have changed since they were published last, and of the others what shares a day with
 * them. Nothing is published.
 *
 * @throws LakeError `corrupt` for a source that cannot be taken as it is, and where its `.CHECKSUM` differs (`CHECKSUM`); `conflict`
 *   (`SOURCE_GONE`) where a day has to be published again and a source it was made of is not there any more, (`PARTITION_BY`) where
 *   partitions that are published are by another period.
 */
export async function routeDataset(
  dataset: UnifiedDataset,
  options: {
    readonly found: FoundSources;
    readonly previous: DatasetEntry | undefined;
    readonly request: ConvertRequest;
    readonly context: ConvertContext;
  },
): Promise<RoutedDataset> {
  const period = await periodOf(dataset, options);
  const spill = await createSpill(options.context.scratchDirectory, valueFieldsOf(dataset));
  const router = createRouter<number>(options.context.arena, valueFieldsOf(dataset), spill);
  try {
    return await new DatasetRouting({ dataset, ...options, period, spill, router }).route();
  } catch (error) {
    await spill.dispose();
    throw error;
  } finally {
    router.release();
  }
}

interface RoutingParts {
  readonly dataset: UnifiedDataset;
  readonly found: FoundSources;
  readonly previous: DatasetEntry | undefined;
  readonly request: ConvertRequest;
  readonly context: ConvertContext;
  readonly period: PartitionPeriod;
  readonly spill: Spill;
  readonly router: Router<number>;
}

/** A source that is there, and what is known of it from before. */
interface Candidate {
  readonly file: SourceFile;
  /** In the order of sources. */
  readonly number: number;
  readonly before: SourceEntry | undefined;
}

/** What a source had. */
interface TakenRows {
  readonly rows: number;
  readonly days: ReadonlySet<number>;
}

class DatasetRouting {
  private readonly entries = new Map<number, SourceEntry>();
  private timeUnit: ColumnUnit | undefined;
  private readonly times = new Float64Array(BATCH_ROWS);
  private readonly settings: string;

  constructor(private readonly parts: RoutingParts) {
    const { request, dataset } = parts;
    this.settings = JSON.stringify({
      version: PARTITION_VERSION,
      timeUnit: dataset.name === 'klines' ? 'ms' : (request.timeUnit ?? 'original'),
      sourceTimeUnit: request.sourceTimeUnit ?? null,
      utcOffsetMinutes: request.utcOffsetMinutes ?? null,
      storePartitionColumns: request.storePartitionColumns,
    });
  }

  async route(): Promise<RoutedDataset> {
    const { dataset, found, previous, period, spill, router } = this.parts;
    const known = this.isRereadAll ? undefined : previous;
    const candidates = found.files.map((file, number): Candidate => {
      const before = known?.sources.find(({ name }) => name === file.object.key);
      return { file, number, before };
    });
    const changed = this.limited(await this.changedOf(candidates));
    this.timeUnit = known !== undefined && known.sources.length > 0 ? known.time_unit : undefined;
    for (const candidate of changed) await this.read(candidate, () => true);
    const affected = await this.affectedDays(changed, known);
    this.requireAllThere(affected, known);
    for (const candidate of candidates) {
      const { before, number, file } = candidate;
      if (before === undefined || changed.includes(candidate)) continue;
      if (before.days.some((day) => affected.has(day)))
        await this.read(candidate, (day) => affected.has(day));
      this.entries.set(number, { ...before, etag: file.object.etag });
    }
    await spill.seal();
    const present = [...this.entries].sort(([a], [b]) => a - b).map(([, entry]) => entry);
    // What is gone stays named, since what came of it stays published.
    const sources = [...present, ...this.goneOf(known)];
    return {
      ...{ dataset, found, previous, sources, period, spill },
      ...{ timeUnit: this.timeUnit, settings: this.settings },
      partitions: [...router.partitions.values()].sort((a, b) => a.key - b.key),
      isPartial: present.length < found.files.length,
    };
  }

  private get isRereadAll(): boolean {
    const { request, previous } = this.parts;
    return request.forceRerun || previous?.settings !== this.settings;
  }

  private limited(changed: readonly Candidate[]): readonly Candidate[] {
    const { maxFiles } = this.parts.request;
    if (maxFiles === undefined) return changed;
    return changed.filter(({ number }) => number < maxFiles);
  }

  /** Those that are new, or have other bytes than before. */
  private async changedOf(candidates: readonly Candidate[]): Promise<readonly Candidate[]> {
    const { context } = this.parts;
    const changed: Candidate[] = [];
    for (const candidate of candidates) {
      const { before, file } = candidate;
      if (before !== undefined && before.etag === file.object.etag) continue;
      if (before?.size === file.object.size) {
        const sha256 = await sha256Of(await context.data.open(file.object.key), context.signal);
        if (sha256 === before.sha256) continue;
      }
      changed.push(candidate);
    }
    return changed;
  }

  /** Days, or months, that changed sources have, or had, and those whose published files are damaged. */
  private async affectedDays(
    changed: readonly Candidate[],
    known: DatasetEntry | undefined,
  ): Promise<ReadonlySet<string>> {
    const { router, context, period } = this.parts;
    const days = new Set<string>(changed.flatMap(({ before }) => before?.days ?? []));
    for (const dayNumber of router.partitions.keys()) days.add(periodText(dayNumber, period));
    for (const day of await damagedPeriods(context.output, known)) days.add(day);
    return days;
  }

  /** What is published is not made smaller because a source is gone. */
  private requireAllThere(affected: ReadonlySet<string>, known: DatasetEntry | undefined): void {
    const gone = this.goneOf(known).filter(({ days }) => days.some((day) => affected.has(day)));
    const [first] = gone;
    if (first === undefined) return;
    throw new LakeError(
      'conflict',
      'a day has to be published again, and a source of it is not there any more',
      {
        code: 'SOURCE_GONE',
        details: { dataset: this.parts.dataset.name, file: first.name, gone: gone.length },
      },
    );
  }

  /** Sources that are not there any more. */
  private goneOf(known: DatasetEntry | undefined): readonly SourceEntry[] {
    const keys = new Set(this.parts.found.files.map(({ object }) => object.key));
    return (known?.sources ?? []).filter(({ name }) => !keys.has(name));
  }

  /** Takes the rows of a source to their partitions. */
  private async read({ file, number }: Candidate, isWanted: (day: string) => boolean): Promise<void> {
    const { context, period } = this.parts;
    const { key, size, etag } = file.object;
    const source = await context.data.open(key);
    if (source.meta.etag !== etag) throw sourceChanged(key);
    const opened = context.lanes.read(this.requestOf(file), size);
    const hashing = sha256Of(source, context.signal);
    hashing.catch(() => undefined);
    const isChecked = file.checksumKey !== undefined;
    // Of a source that is not the one of its checksum nothing else is told.
    if (isChecked) await this.checkSum(file, await hashing);
    let found: TakenRows;
    try {
      found = await this.take(opened, { key, number, isWanted });
    } catch (error) {
      // Nor of one whose bytes cannot all be read.
      await hashing;
      throw error;
    }
    const sha256 = await hashing;
    const { rows, days } = found;
    const reading = opened.reading();
    this.entries.set(number, {
      ...{ name: key, size, etag, sha256, format: file.format, checksum_verified: isChecked, rows },
      ...{ dialect: reading.dialect, delimiter: reading.delimiter ?? null, has_header: reading.hasHeader },
      unmapped: [...reading.unmapped],
      source_time_unit: reading.sourceUnit ?? null,
      rounded_decimals: reading.roundedDecimals,
      days: [...days].sort((a, b) => a - b).map((dayNumber) => periodText(dayNumber, period)),
    });
    this.tell(key, reading);
  }

  private requestOf({ object, format }: SourceFile): SourceRequest {
    const { dataset, request } = this.parts;
    return {
      ...{ key: object.key, etag: object.etag, format, dataset: dataset.name, symbol: request.symbol },
      time: {
        sourceUnit: request.sourceTimeUnit,
        targetUnit: dataset.name === 'klines' ? 'ms' : request.timeUnit,
      },
      utcOffsetMinutes: request.utcOffsetMinutes,
    };
  }

  private async take(
    opened: ReadSource,
    {
      key,
      number,
      isWanted,
    }: { readonly key: string; readonly number: number; isWanted(day: string): boolean },
  ): Promise<TakenRows> {
    const { dataset, context, router, period } = this.parts;
    const days = new Set<number>();
    let rows = 0;
    for await (const batch of opened.rows()) {
      if (context.signal.aborted) throw new LakeError('cancelled', 'cancelled while a source was read');
      const unit = this.sameUnit(opened.reading().timeUnit, key);
      const groups = groupByPeriod(timesOf(batch.columns, this.times), { unit, period });
      for (const { key: dayNumber } of groups) days.add(dayNumber);
      const wanted = groups.filter(({ key: dayNumber }) => isWanted(periodText(dayNumber, period)));
      await router.add(number, batch, wanted);
      rows += batch.rowCount;
      context.onEvent({ type: 'progress', taskId: `${dataset.name}: ${key}`, rowsDone: rows });
    }
    return { rows, days };
  }

  private tell(file: string, reading: SourceReading): void {
    const { onEvent } = this.parts.context;
    if (reading.unknown.length > 0) {
      const details = { file, columns: reading.unknown.join() };
      onEvent({
        type: 'note',
        severity: 'warning',
        message: 'a source has columns that nothing is kept of',
        details,
      });
    }
    if (reading.roundedDecimals > 0) {
      const details = { file, values: reading.roundedDecimals };
      onEvent({
        type: 'note',
        severity: 'warning',
        message: 'decimals have more digits than a double',
        details,
      });
    }
  }

  private async checkSum({ checksumKey, object }: SourceFile, sha256: string): Promise<void> {
    if (checksumKey === undefined) return;
    const { bytes } = await this.parts.context.data.get(checksumKey);
    const expected = parseChecksum(Buffer.from(bytes).toString('utf8'), object.key);
    if (expected === sha256) return;
    throw new LakeError('corrupt', 'a source is not the file that its checksum is of', {
      code: 'CHECKSUM',
      details: { file: object.key, expected, found: sha256 },
    });
  }

  /** Times of one dataset are all of one unit. */
  private sameUnit(unit: ColumnUnit | undefined, file: string): ColumnUnit {
    const found = unit ?? 'ms';
    this.timeUnit ??= found;
    if (this.timeUnit === found) return found;
    throw new LakeError('corrupt', 'a source has another time unit than the others', {
      code: 'TIME_UNIT_MIXED',
      details: { file, unit: found, others: this.timeUnit },
    });
  }
}

/** What partitions of a dataset are by: once published, they stay so, since a row would stand in two of them otherwise. */
async function periodOf(
  dataset: UnifiedDataset,
  { request, context }: { readonly request: ConvertRequest; readonly context: ConvertContext },
): Promise<PartitionPeriod> {
  if (dataset.name !== 'futures') return 'day';
  const path = datasetPath(dataset, request);
  const published = await publishedPeriod(context.output, `${path}/`);
  const { partitionBy = published ?? 'day' } = request;
  if (published === undefined || partitionBy === published) return partitionBy;
  throw new LakeError('conflict', 'partitions are there already that are by something else', {
    code: 'PARTITION_BY',
    details: { dataset: path, published, wanted: partitionBy },
  });
}
