import { fingerprintSchema } from '@ticklake/columnar';
import { assert, isLakeError } from '@ticklake/core';
import { runJob, type TaskResult } from '@ticklake/jobs';
import { requireTimeframes, timeframeMs, UNIFIED, type ResampledBar } from '@ticklake/market';
import { createMemorySpill, createSpillRoom, createRouter, groupByDay, timesOf } from '@ticklake/shuffle';
import { backUp } from '../backup.js';
import {
  columnEntries,
  type DatasetEntry,
  type Metadata,
  type PartitionEntry,
} from '../documents/metadata.js';
import { partitionEntry, partitionsPart } from '../documents/partition-entries.js';
import { PARTITION_VERSION, type DerivedFrom, type PartitionManifest } from '../partitions/manifest.js';
import { datasetPath, partitionPath, periodOfPath } from '../partitions/partition-paths.js';
import { DAY_MS } from '../partitions/partition-period.js';
import { publishPartition, type PublishRun } from '../partitions/publish-partition.js';
import { storedColumns, valueFieldsOf } from '../partitions/stored-columns.js';
import { nowText, type DatasetRun } from '../publish-dataset.js';
import { publishedManifest } from '../published-periods.js';
import { sourceChanged } from '../sources/source-changed.js';
import { barColumns, dayBars, type DayBars } from './day-bars.js';
import { requireDerivable } from './origins.js';

/** What became of the bars of one longer timeframe. */
export interface DerivedDataset {
  readonly timeframe: string;
  /** Such as `klines/binance_BTCUSDT_5m`. */
  readonly path: string;
  /** What is published, with the days that could not be made; `undefined` where nothing is, or the run was stopped. */
  readonly entry: DatasetEntry | undefined;
  /** Partitions that were published now. */
  readonly done: number;
  /** Why partitions were not published, by path. */
  readonly failures: ReadonlyMap<string, Error>;
  /** Where what was replaced of all timeframes was copied to; `undefined` where nothing was. */
  readonly backup: string | undefined;
}

/**
 * The timeframes that a run derives (UC-41): those that it is asked for, and those that were derived from the same bars before, which would
 * say something else than these otherwise. From short to long.
 *
 * @throws LakeError `invalid` (`TIMEFRAME`) as `requireTimeframes`; `conflict` (`NOT_DERIVED`) for one that has bars of another origin.
 */
export async function derivedTimeframes(
  { request, context }: DatasetRun,
  metadata: Metadata | undefined,
): Promise<readonly string[]> {
  const { timeframe: from, resample } = request;
  const datasets = metadata?.data_types['klines']?.datasets ?? {};
  const source = datasetPath(UNIFIED.klines, request);
  const before = Object.values(datasets).filter(({ derived_from: of }) => of?.dataset === source);
  const all = [...new Set([...resample, ...before.map(({ timeframe }) => timeframe)])];
  requireTimeframes({ from, to: all });
  for (const timeframe of all) {
    const path = datasetPath(UNIFIED.klines, { ...request, timeframe });
    await requireDerivable({ store: context.output, path, recorded: datasets[path] }, { from: source });
  }
  return all.sort((a, b) => timeframeMs(a) - timeframeMs(b));
}

/**
 * Makes bars of longer timeframes of what is published of a run's own (UC-41), and publishes them as datasets like any other, by the same
 * protocol, each partition with a receipt: of which partition it was made, and how many bars of how many. Days whose bars were made of what is
 * published now are left alone. Held in memory are the bars of one day. A day that fails does not stop the rest.
 *
 * @param source - The bars that are published; none but those that it names are looked at.
 * @throws LakeError as `backUp`: nothing is derived then.
 */
export function deriveKlines(
  source: DatasetEntry,
  timeframes: readonly string[],
  run: DatasetRun,
): Promise<readonly DerivedDataset[]> {
  return new Derivation({ source, timeframes, run }).derive();
}

/** A partition to be made. */
interface DerivedTask {
  /** Its path. */
  readonly id: string;
  readonly timeframe: string;
  readonly day: PartitionEntry;
  /** What is published there. */
  readonly published: PartitionManifest | undefined;
}

/** How bars are kept, always. */
const BARS = { period: 'day', timeUnit: 'ms' } as const;

interface DerivationParts {
  readonly source: DatasetEntry;
  readonly timeframes: readonly string[];
  readonly run: DatasetRun;
}

class Derivation {
  /** What is published, by path; of days that fail what was before. */
  private readonly manifests = new Map<string, PartitionManifest>();
  private readonly failures = new Map<string, { readonly task: DerivedTask; readonly error: Error }>();
  private readonly done: DerivedTask[] = [];
  private current: { readonly path: string; readonly bars: Promise<DayBars> } | undefined;

  constructor(private readonly parts: DerivationParts) {}

  async derive(): Promise<readonly DerivedDataset[]> {
    const { timeframes, run } = this.parts;
    const { context, request } = run;
    const tasks = await this.plan();
    const replaced = tasks.filter(({ published }) => published !== undefined);
    const backup = request.backup && replaced.length > 0 ? await this.backUp(replaced) : undefined;
    await runJob(
      {
        name: 'resample',
        async *plan() {
          yield* tasks;
        },
        execute: (task, taskRun) => this.execute(task, tasks, taskRun),
        record: (task, result) => {
          if (result instanceof Error) this.failures.set(task.id, { task, error: result });
          else if (result.status === 'done') this.done.push(task);
          return Promise.resolve();
        },
      },
      {
        concurrency: 1,
        signal: context.signal,
        clock: context.clock,
        onEvent: (event) => context.onEvent(event),
      },
    );
    return timeframes.map((timeframe) => this.result(timeframe, backup));
  }

  /** Partitions that are not there, or are made of something else: day by day, so that each day is read once. */
  private async plan(): Promise<readonly DerivedTask[]> {
    const { source, timeframes, run } = this.parts;
    const tasks: DerivedTask[] = [];
    for (const day of source.partitions) {
      for (const timeframe of timeframes) {
        const id = this.pathOf(day, timeframe);
        const published = await publishedManifest(run.context.output, id);
        if (published !== undefined) this.manifests.set(id, published);
        const schemaSha256 = fingerprintSchema(this.storedOf(timeframe).schema);
        const isSame =
          published?.derived_from?.sha256 === day.sha256 && published.schema_sha256 === schemaSha256;
        if (!isSame || run.request.forceRerun) tasks.push({ id, timeframe, day, published });
      }
    }
    return tasks;
  }

  private async backUp(replaced: readonly DerivedTask[]): Promise<string> {
    const { output: from, backups: to, clock, signal, onEvent } = this.parts.run.context;
    const items = replaced.map(({ id, published }) => {
      assert(published !== undefined, 'what is replaced is there');
      return { key: id + published.data, sha256: published.parquet_sha256 };
    });
    const { directory, copied } = await backUp(items, { from, to, clock, signal });
    const details = { directory: `${to.url}/${directory}`, partitions: copied };
    onEvent({ type: 'note', severity: 'info', message: 'what is replaced was backed up', details });
    return directory;
  }

  private async execute(
    task: DerivedTask,
    tasks: readonly DerivedTask[],
    run: PublishRun,
  ): Promise<TaskResult> {
    const { manifest, bars } = await this.barsOf(task.day, tasks);
    const own = bars.get(task.timeframe);
    assert(own !== undefined && own.length > 0, 'a day that has bars comes to some');
    const made = await this.publish(task, { manifest, bars: own }, run);
    this.manifests.set(task.id, made.manifest);
    if (made.status === 'unchanged') return { status: 'skipped', reason: 'published already' };
    return { status: 'done', rowCount: made.facts.rowCount, sizeBytes: made.facts.sizeBytes };
  }

  /** The bars of a day, of all timeframes that it is to be made of; held until the next day is asked for. */
  private barsOf(day: PartitionEntry, tasks: readonly DerivedTask[]): Promise<DayBars> {
    if (this.current?.path !== day.path) {
      const { output: store, arena } = this.parts.run.context;
      const to = tasks.filter((task) => task.day === day).map(({ timeframe }) => timeframe);
      const bars = dayBars({ store, arena, day }, { from: this.parts.source.timeframe, to });
      this.current = { path: day.path, bars };
    }
    return this.current.bars;
  }

  private async publish(
    { id, timeframe, day }: DerivedTask,
    { manifest, bars }: { readonly manifest: PartitionManifest; readonly bars: readonly ResampledBar[] },
    run: PublishRun,
  ) {
    const { request, context } = this.parts.run;
    const { arena, output: store, scratchDirectory, clock, tool } = context;
    const valueFields = valueFieldsOf(UNIFIED.klines);
    const spill = createMemorySpill();
    const router = createRouter<number>(arena, valueFields, spill);
    try {
      const rows = { rowCount: bars.length, columns: barColumns(bars) };
      await router.add(0, rows, groupByDay(timesOf(rows.columns), DAY_MS));
      const [partition, other] = [...router.partitions.values()];
      assert(partition !== undefined && other === undefined, 'bars of a day are of that day');
      const name = `${day.path}data.parquet`;
      const identity = { name, size: day.size_bytes, etag: manifest.etag, sha256: day.sha256 };
      const settings = {
        ...{ arena, store, spill, room: createSpillRoom(), valueFields, scratchDirectory, tool },
        ...{ dataset: UNIFIED.klines, market: { ...request, timeframe }, ...BARS },
        ...{ stored: this.storedOf(timeframe), sources: new Map([[0, identity]]), sortRowsMax: bars.length },
        storage: request.storage,
        checkSources: () => this.checkSource(day),
        createdAt: nowText(clock),
        derivedFrom: this.derivedFrom(day, bars),
        // They are examined with the bars that they were made of.
        examine: () => undefined,
      };
      return await publishPartition(partition, id, settings, run);
    } finally {
      router.release();
      await spill.dispose();
    }
  }

  private async checkSource({ path, sha256 }: PartitionEntry): Promise<void> {
    const now = await publishedManifest(this.parts.run.context.output, path);
    if (now?.parquet_sha256 !== sha256) throw sourceChanged(path);
  }

  private derivedFrom(day: PartitionEntry, bars: readonly ResampledBar[]): DerivedFrom {
    return {
      ...this.rule(),
      ...{ path: day.path, sha256: day.sha256, rows_in: day.rows, bars_out: bars.length },
      incomplete_bars: bars.filter(({ isComplete }) => !isComplete).length,
    };
  }

  /** What all partitions have in common. */
  private rule() {
    const dataset = datasetPath(UNIFIED.klines, this.parts.run.request);
    const rule = { label: 'left', closed: 'left', origin: '00:00Z' } as const;
    return { dataset, timeframe: this.parts.source.timeframe, ...rule };
  }

  private storedOf(timeframe: string) {
    const { request } = this.parts.run;
    return storedColumns(UNIFIED.klines, { ...request, timeframe }, { ...request, ...BARS });
  }

  private pathOf({ path }: PartitionEntry, timeframe: string): string {
    const [year = 0, month = 0, day = 0] = (periodOfPath(path) ?? '').split('-').map(Number);
    return partitionPath(UNIFIED.klines, { ...this.parts.run.request, timeframe }, { year, month, day });
  }

  private result(timeframe: string, backup: string | undefined): DerivedDataset {
    const { request } = this.parts.run;
    const failed = [...this.failures].filter(([, { task }]) => task.timeframe === timeframe);
    return {
      timeframe,
      path: datasetPath(UNIFIED.klines, { ...request, timeframe }),
      entry: this.entry(timeframe),
      done: this.done.filter((task) => task.timeframe === timeframe).length,
      failures: new Map(failed.map(([path, { error }]) => [path, error])),
      backup,
    };
  }

  /** What the metadata will say. */
  private entry(timeframe: string): DatasetEntry | undefined {
    const { source, run } = this.parts;
    const { exchange, symbol, storePartitionColumns } = run.request;
    const paths = source.partitions.map((day) => this.pathOf(day, timeframe));
    const partitions = paths.flatMap((path) => {
      const manifest = this.manifests.get(path);
      return manifest === undefined ? [] : [partitionEntry(path, manifest)];
    });
    if (partitions.length === 0 || run.context.signal.aborted) return undefined;
    const sum = (key: 'rows_in' | 'bars_out' | 'incomplete_bars') =>
      partitions.reduce((all, one) => all + (one.derived_from?.[key] ?? 0), 0);
    const failed = [...this.failures.values()].filter(({ task }) => task.timeframe === timeframe);
    const { rows, timestamp_min, timestamp_max, partitions: all } = partitionsPart(partitions);
    return {
      ...{ exchange, symbol, timeframe, rows, partial: source.partial, time_unit: 'ms' },
      ...{ timestamp_min, timestamp_max },
      settings: JSON.stringify({ version: PARTITION_VERSION, storePartitionColumns }),
      source_kind: 'derived',
      columns: columnEntries(UNIFIED.klines, this.storedOf(timeframe).schema),
      sources: [],
      derived_from: {
        ...this.rule(),
        rows_in: sum('rows_in'),
        bars_out: sum('bars_out'),
        incomplete_bars: sum('incomplete_bars'),
        not_made: failed.map(({ task, error }) => ({ path: task.day.path, code: codeOf(error) })),
      },
      partitions: all,
    };
  }
}

function codeOf(error: Error): string {
  return isLakeError(error) ? (error.code ?? error.kind) : error.name;
}
