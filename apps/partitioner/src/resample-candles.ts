import type { Arena, RecordBatch } from '@ticklake/columnar';
import { isLakeError, LakeError } from '@ticklake/core';
import { runJob, type TaskResult } from '@ticklake/jobs';
import {
  architectureDataset,
  requireTimeframes,
  resampleBars,
  type ArchitectureDataset,
  type ResampledBar,
} from '@ticklake/market';
import type { PartitionedRows } from './partition-rows.js';
import { batchHashes } from './partitions/batch-hashes.js';
import type { DerivedFrom, PartitionManifest } from './partitions/manifest.js';
import { mendPublished } from './partitions/mend-published.js';
import { publishedRows, publishedState } from './partitions/open-rows.js';
import type { PartitionContent } from './partitions/partition-content.js';
import type { PublishedPartition } from './partitions/publish-collected.js';
import { publishPartition } from './partitions/publish-partition.js';
import { whileRaced } from './partitions/while-raced.js';
import type { RunContext } from './run-context.js';

/** What all others are made of. */
const BASE = '1m';

/** @throws LakeError `invalid` (`TIMEFRAME`), (`DATA_TYPE`) for a timeframe that no candles of the lake have. */
export function requireCandleTimeframes(timeframes: readonly string[]): void {
  requireTimeframes({ from: BASE, to: timeframes });
  for (const timeframe of timeframes) architectureDataset(`ohlcv_${timeframe}`);
}

/**
 * Makes candles of longer timeframes of those of a minute that a run was about (AP-21), and publishes them as partitions like any other: all
 * timeframes of a day in one pass over its minutes. Days whose candles are made of what is published now are left alone; one that fails does
 * not stop the rest.
 *
 * @returns what became of each timeframe, in the order in which they are named.
 */
export async function resampleCandles(
  done: readonly PartitionedRows[],
  timeframes: readonly string[],
  run: RunContext,
): Promise<readonly PartitionedRows[]> {
  const sources = done
    .filter(({ dataset }) => dataset.timeframe === BASE)
    .flatMap(({ partitions }) => partitions);
  if (sources.length === 0 && timeframes.length > 0) {
    const details = { timeframes: timeframes.join(), of: BASE };
    run.onEvent({
      type: 'note',
      severity: 'warning',
      message: 'there are no candles to make others of',
      details,
    });
  }
  return sources.length === 0 || timeframes.length === 0
    ? []
    : resampleSources(sources, [...new Set(timeframes)], run);
}

async function resampleSources(
  sources: readonly PublishedPartition[],
  timeframes: readonly string[],
  run: RunContext,
): Promise<readonly PartitionedRows[]> {
  const made = timeframes.map((timeframe) => ({
    dataset: architectureDataset(`ohlcv_${timeframe}`),
    partitions: [] as PublishedPartition[],
    failures: new Map<string, Error>(),
  }));
  const barsOfDay = dayByDay((source) => barsOf(timeframes, source, run));
  const { signal, clock, onEvent } = run;
  await runJob(
    {
      name: 'resample',
      async *plan() {
        for (const source of sources) {
          for (const { dataset, ...into } of made)
            yield { id: pathsOf(dataset, source, run).primary, dataset, source, ...into };
        }
      },
      async execute({ dataset, source, partitions }): Promise<TaskResult> {
        const one = await whileRaced(() => resampleDay(dataset, source, { run, barsOfDay }));
        partitions.push(one);
        if (one.status === 'unchanged') return { status: 'skipped', reason: 'published already' };
        const { row_count: rowCount, parquet_size_bytes: sizeBytes } = one.manifest;
        return { status: 'done', rowCount, sizeBytes };
      },
      record: ({ id, failures }, result) => {
        if (result instanceof Error) failures.set(id, result);
        return Promise.resolve();
      },
    },
    { concurrency: 1, signal, clock, onEvent },
  );
  return made.map(({ dataset, partitions, failures }) => ({
    ...{ dataset, partitions, failures, files: sources.length, failed: failures.size },
    done: partitions.filter(({ status }) => status !== 'unchanged').length,
    rows: partitions.reduce((sum, { manifest }) => sum + manifest.row_count, 0),
  }));
}

/** The candles of a day, by timeframe. */
type DayBars = ReadonlyMap<string, readonly ResampledBar[]>;

/** Remembers the candles of the day that was asked for last: its timeframes follow each other. */
function dayByDay(
  read: (source: PublishedPartition) => Promise<DayBars>,
): (source: PublishedPartition) => Promise<DayBars> {
  let last: { readonly path: string; readonly bars: Promise<DayBars> } | undefined;
  return (source) => {
    if (last?.path === source.path) return last.bars;
    const bars = read(source);
    last = { path: source.path, bars };
    // What could not be read is tried again.
    bars.catch(() => (last = undefined));
    return bars;
  };
}

function pathsOf(
  { name, timeframe }: ArchitectureDataset,
  { names }: PublishedPartition,
  { layout }: RunContext,
) {
  const { day, instrument = '' } = names;
  return layout.marketPaths({ day, instrument, dataType: name, timeframe });
}

async function resampleDay(
  dataset: ArchitectureDataset,
  source: PublishedPartition,
  {
    run,
    barsOfDay,
  }: { readonly run: RunContext; readonly barsOfDay: (source: PublishedPartition) => Promise<DayBars> },
): Promise<PublishedPartition> {
  const { primary: path, copies } = pathsOf(dataset, source, run);
  const names = { ...source.names, dataType: dataset.name, timeframe: dataset.timeframe };
  const published = await publishedState(run.store, path);
  requireDerived(published?.manifest, path);
  if (published?.isDamaged === false && isMadeOf(published.manifest, source)) {
    const manifest = await mendPublished({ store: run.store, path, manifest: published.manifest }, run);
    return { names, path, manifest, status: 'unchanged' };
  }
  const bars = (await barsOfDay(source)).get(dataset.timeframe ?? '') ?? [];
  const content = barContent(barBatch(dataset, bars), source, run.arena);
  const derivedFrom: DerivedFrom = {
    ...{ data_type: source.names.dataType, path: source.path, rows_in: source.manifest.row_count },
    rows_out: bars.length,
    incomplete: bars.filter(({ isComplete }) => !isComplete).length,
    ...{ label: 'left', closed: 'left', origin: '00:00Z' },
  };
  const replace = published !== undefined;
  const task = { names, path, content, copies, subsets: undefined, replace, derivedFrom };
  const { status, manifest } = await publishPartition(task, run);
  return { names, path, manifest, status };
}

function isMadeOf({ sources }: PartitionManifest, { manifest }: PublishedPartition): boolean {
  return sources[0]?.sha256 === manifest.parquet_sha256;
}

/** Candles that came from a source are not replaced by those that were made. */
function requireDerived(published: PartitionManifest | undefined, path: string): void {
  if (published === undefined || published.derived_from !== undefined) return;
  throw new LakeError(
    'conflict',
    'candles of a source are published, and are not replaced by those that are made',
    {
      code: 'NOT_DERIVED',
      details: { path },
    },
  );
}

/** The candles of one day; they fit in memory, since a day has 1,440 minutes. */
async function barsOf(
  timeframes: readonly string[],
  { path, manifest }: PublishedPartition,
  { store, arena }: RunContext,
): Promise<DayBars> {
  const { schema } = architectureDataset(`ohlcv_${BASE}`);
  const bars = new Map(timeframes.map((timeframe): [string, ResampledBar[]] => [timeframe, []]));
  try {
    const rows = publishedRows({ store, path, manifest }, { arena, schema });
    for await (const bar of resampleBars(rows, { from: BASE, to: timeframes }))
      bars.get(bar.timeframe)?.push(bar);
    return bars;
  } catch (cause) {
    if (!isLakeError(cause, 'invalid')) throw cause;
    const { code, message, details } = cause;
    throw new LakeError('corrupt', message, { code, details: { path, ...details }, cause });
  }
}

function barBatch({ schema }: ArchitectureDataset, bars: readonly ResampledBar[]): RecordBatch {
  const columns = schema.fields.map(({ name }) => {
    const values =
      name === 'timestamp'
        ? BigInt64Array.from(bars, ({ timestamp }) => BigInt(timestamp) * 1000n)
        : Float64Array.from(bars, (bar) => bar[name as 'open']);
    return { layout: 'fixed', values } as const;
  });
  return { schema, rowCount: bars.length, columns };
}

function barContent(
  batch: RecordBatch,
  { path, manifest }: PublishedPartition,
  arena: Arena,
): PartitionContent {
  const { multiset } = batchHashes(arena, batch);
  const { rowCount, schema } = batch;
  const { parquet_sha256: sha256, parquet_size_bytes: size } = manifest;
  const source = { name: path, size, sha256, rows: rowCount, multiset, sorted: true };
  return {
    ...{ schema, orderBy: ['timestamp'], rowOrder: 'timestamp', rowCount, multiset },
    ...{ sources: [source], base: undefined },
    async *batches() {
      yield batch;
    },
    checkSources: () => Promise.resolve(),
  };
}
