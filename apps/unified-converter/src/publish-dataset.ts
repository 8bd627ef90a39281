import { fingerprintSchema, type Schema } from '@ticklake/columnar';
import { assert, compareUtf8, type Clock } from '@ticklake/core';
import { instantText, runJob, type JobSummary, type TaskResult } from '@ticklake/jobs';
import type { RoutedPartition } from '@ticklake/shuffle';
import { backUp, type BackupItem } from './backup.js';
import type { ConvertContext, ConvertRequest } from './convert-request.js';
import { columnEntries, type DatasetEntry } from './documents/metadata.js';
import { partitionEntry, partitionsPart } from './documents/partition-entries.js';
import type { RoutedSettings } from './lanes/lane-work.js';
import type { PartitionManifest } from './partitions/manifest.js';
import { datasetPath, partitionPath } from './partitions/partition-paths.js';
import { partitionDate } from './partitions/partition-period.js';
import type { KeyedPartition, PublishRun, SourceIdentity } from './partitions/publish-partition.js';
import { storedColumns } from './partitions/stored-columns.js';
import { publishedManifest } from './published-periods.js';
import type { RoutedDataset } from './route-dataset.js';
import type { PartitionReport } from './validation/report.js';

/** What became of a dataset. */
export interface PublishedDatasetRun extends JobSummary {
  /** Such as `klines/binance_BTCUSDT_1m`. */
  readonly path: string;
  /** `undefined` where a partition failed: what the metadata says then stays. */
  readonly entry: DatasetEntry | undefined;
  /** What was found in partitions while they were written, by path. */
  readonly examined: ReadonlyMap<string, PartitionReport>;
  /** Why partitions were not published, by path. */
  readonly failures: ReadonlyMap<string, Error>;
  /** Where what was replaced was copied to; `undefined` where nothing was. */
  readonly backup: string | undefined;
}

/** A partition to be published, and what is published there. */
interface PartitionTask {
  /** The path. */
  readonly id: string;
  readonly partition: RoutedPartition<number>;
  readonly published: PartitionManifest | undefined;
}

/** What partitions of one run have in common. */
export interface DatasetRun {
  readonly request: ConvertRequest;
  readonly context: ConvertContext;
}

/**
 * Publishes the routed partitions of a dataset, as many at once as there are lanes, those left out whose rows are published already;
 * before the first is replaced, all that will be are backed up. One that fails does not stop the rest.
 *
 * @throws LakeError as `backUp`: nothing is published then.
 */
export async function publishDataset(routed: RoutedDataset, run: DatasetRun): Promise<PublishedDatasetRun> {
  return new DatasetPublication(routed, run).publish();
}

class DatasetPublication {
  private readonly settings: RoutedSettings;
  private readonly schema: Schema;
  /** In the order that routed rows number them in. */
  private readonly sources: readonly SourceIdentity[];
  private readonly manifests = new Map<string, PartitionManifest>();
  private readonly failures = new Map<string, Error>();
  private readonly examined = new Map<string, PartitionReport>();

  constructor(
    private readonly routed: RoutedDataset,
    private readonly run: DatasetRun,
  ) {
    const { request, context } = run;
    const { dataset, found, timeUnit = 'ms', period, spill } = routed;
    const { exchange, symbol, timeframe, storage, storePartitionColumns } = request;
    const market = { exchange, symbol, timeframe };
    assert(spill.path !== undefined, 'rows are routed before they are published');
    this.settings = {
      ...{ dataset: dataset.name, market, timeUnit, period, storage, storePartitionColumns },
      spillPath: spill.path,
      sortRowsMax: sortRowsMax(context.arena.bytesMax),
      ...{ createdAt: nowText(context.clock), nowMs: context.clock.nowMs() },
    };
    this.sources = found.files.map(({ object }) => this.identityOf(object.key, object));
    this.schema = storedColumns(dataset, market, this.settings).schema;
  }

  async publish(): Promise<PublishedDatasetRun> {
    const { context, request } = this.run;
    const tasks = await this.plan();
    const rowCount = tasks.reduce((sum, { partition }) => sum + partition.rowCount, 0);
    const replaced = tasks.filter(({ published }) => published !== undefined);
    const backup = request.backup && replaced.length > 0 ? await this.backUp(replaced) : undefined;
    const summary = await runJob(
      {
        name: 'convert',
        async *plan() {
          yield* tasks;
        },
        execute: (task, run) => this.execute(task, run),
        record: ({ id }, result) => {
          if (result instanceof Error) this.failures.set(id, result);
          return Promise.resolve();
        },
      },
      {
        concurrency: context.lanes.countFor(rowCount),
        signal: context.signal,
        clock: context.clock,
        onEvent: (event) => context.onEvent(event),
      },
    );
    const isWhole = summary.failed === 0 && !context.signal.aborted;
    return {
      ...summary,
      path: datasetPath(this.routed.dataset, request),
      entry: isWhole ? this.entry() : undefined,
      // In their order, whichever failed first.
      failures: new Map([...this.failures].sort(([a], [b]) => compareUtf8(a, b))),
      ...{ examined: this.examined, backup },
    };
  }

  private identityOf(name: string, listed: { readonly size: number; readonly etag: string }): SourceIdentity {
    const sha256 = this.routed.sources.find((source) => source.name === name)?.sha256 ?? '';
    return { name, size: listed.size, etag: listed.etag, sha256 };
  }

  /** Partitions whose rows are not published yet. */
  private async plan(): Promise<readonly PartitionTask[]> {
    const { request, context } = this.run;
    const { dataset, partitions, period } = this.routed;
    const schemaSha256 = fingerprintSchema(this.schema);
    const tasks: PartitionTask[] = [];
    for (const partition of partitions) {
      const id = partitionPath(dataset, request, partitionDate(partition.key, period));
      const published = await publishedManifest(context.output, id);
      const isSame =
        published?.row_count === partition.rowCount &&
        published.content.multiset === partition.multiset &&
        published.schema_sha256 === schemaSha256 &&
        published.time_unit === this.settings.timeUnit;
      if (isSame && !request.forceRerun) this.manifests.set(id, published);
      else tasks.push({ id, partition, published });
    }
    return tasks;
  }

  private async backUp(replaced: readonly PartitionTask[]): Promise<string | undefined> {
    const { output: from, backups: to, clock, signal, onEvent } = this.run.context;
    const items = replaced.map(({ id, published }): BackupItem => {
      assert(published !== undefined, 'what is replaced is there');
      return { key: id + published.data, sha256: published.parquet_sha256 };
    });
    const { directory, copied } = await backUp(items, { from, to, clock, signal });
    if (copied === 0) return undefined;
    const details = { directory: `${to.url}/${directory}`, partitions: copied };
    onEvent({ type: 'note', severity: 'info', message: 'what is replaced was backed up', details });
    return directory;
  }

  private async execute({ id, partition: routed }: PartitionTask, run: PublishRun): Promise<TaskResult> {
    const { key, rowCount, multiset, ordered, sources, parts, isSorted } = routed;
    const partition: KeyedPartition = {
      ...{ key, rowCount, multiset, ordered },
      ...{ sources, parts, isSorted },
    };
    const taken = new Map(sources.map(({ source }) => [source, this.sources[source] as SourceIdentity]));
    const request = {
      ...({ type: 'publish', directory: id, partition, sources: taken } as const),
      routed: this.settings,
    };
    const { status, facts, manifest, report } = await this.run.context.lanes.run(request, run);
    this.examined.set(id, report);
    this.manifests.set(id, manifest);
    if (status === 'unchanged') return { status: 'skipped', reason: 'published already' };
    return { status: 'done', rowCount: facts.rowCount, sizeBytes: facts.sizeBytes };
  }

  /** What the metadata will say: partitions that were published now, and those from before. */
  private entry(): DatasetEntry {
    const { dataset, previous, sources, settings, isPartial, found, period } = this.routed;
    const partitions = new Map((previous?.partitions ?? []).map((one) => [one.path, one]));
    for (const [path, manifest] of this.manifests) partitions.set(path, partitionEntry(path, manifest));
    const { exchange, symbol, timeframe } = this.run.request;
    const { rows, timestamp_min, timestamp_max, partitions: all } = partitionsPart([...partitions.values()]);
    return {
      ...{ exchange, symbol },
      timeframe: dataset.hasTimeframe ? timeframe : '1m',
      rows,
      partial: isPartial,
      time_unit: this.settings.timeUnit,
      ...{ timestamp_min, timestamp_max, settings },
      source_kind: found.kind,
      ...(period === 'day' ? {} : { partition_by: period }),
      columns: columnEntries(dataset, this.schema),
      sources: [...sources],
      partitions: all,
    };
  }
}

/** So many rows of any dataset, with what sorting them takes, fit in half of the memory for rows. */
function sortRowsMax(memoryBytes: number): number {
  return Math.floor(memoryBytes / 2 / 128);
}

/** The time, as documents spell it. */
export function nowText(clock: Clock): string {
  return instantText(clock.nowMs());
}
