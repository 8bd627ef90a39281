import { fingerprintSchema } from '@ticklake/columnar';
import { LakeError, type Clock } from '@ticklake/core';
import { runJob, type JobEvent, type JobSummary, type TaskResult } from '@ticklake/jobs';
import { parseInstrumentId } from '@ticklake/market';
import type { TierLayout } from '../layout/tier-layout.js';
import type { CollectedPartition, CollectedRows } from '../rows/collect-rows.js';
import { collectedContent } from '../rows/collected-content.js';
import { decideMerge } from '../rows/merge-decision.js';
import type { PartitionManifest } from './manifest.js';
import { mendPublished } from './mend-published.js';
import { storedColumns } from './materialized-columns.js';
import { publishedRows, publishedState } from './open-rows.js';
import type { PartitionNames } from './partition-names.js';
import { publishPartition, type PublishSettings } from './publish-partition.js';
import { whileRaced } from './while-raced.js';

/** What became of a partition. */
export interface PublishedPartition {
  readonly names: PartitionNames;
  /** In the primary view, from the root of the tier. */
  readonly path: string;
  readonly manifest: PartitionManifest;
  /** `unchanged`: all of its sources were in it before. */
  readonly status: 'published' | 'replaced' | 'unchanged';
}

/** What became of all of them. */
export interface PublishedRows extends Pick<JobSummary, 'done' | 'failed'> {
  readonly partitions: readonly PublishedPartition[];
  /** Why partitions were not published, by path. */
  readonly failures: ReadonlyMap<string, Error>;
}

/** What rows are, beside their days and instruments. */
export interface RowKind {
  readonly tier: 'execution' | 'ml';
  readonly dataType: string;
  readonly timeframe: string | undefined;
}

/** How collected rows are published. */
export interface PublishCollectedOptions extends PublishSettings {
  readonly layout: TierLayout;
  /** Whether rows take the place of those that are published, rather than coming to them. */
  readonly overwrite: boolean;
  readonly sortRowsMax: number;
  readonly clock: Clock;
  onEvent(event: JobEvent): void;
}

/** Publishes partitions one after another. One that fails does not stop the rest. */
export async function publishCollected(
  collected: CollectedRows,
  kind: RowKind,
  options: PublishCollectedOptions,
): Promise<PublishedRows> {
  const partitions: PublishedPartition[] = [];
  const failures = new Map<string, Error>();
  const { clock, signal, onEvent } = options;
  const tasks = collected.partitions.map((partition) => {
    const { day, instrument } = partition;
    const names = { ...kind, day, instrument, venue: parseInstrumentId(instrument).venue };
    return { id: options.layout.marketPaths({ ...names, instrument }).primary, partition, names };
  });
  const summary = await runJob(
    {
      name: 'partition',
      async *plan() {
        yield* tasks;
      },
      async execute({ partition, names }): Promise<TaskResult> {
        const done = await whileRaced(() => tryPublish(partition, names, { collected, options }));
        partitions.push(done);
        if (done.status === 'unchanged') return { status: 'skipped', reason: 'published already' };
        const { row_count: rowCount, parquet_size_bytes: sizeBytes } = done.manifest;
        return { status: 'done', rowCount, sizeBytes };
      },
      record: ({ id }, result) => {
        if (result instanceof Error) failures.set(id, result);
        return Promise.resolve();
      },
    },
    { concurrency: 1, signal, clock, onEvent },
  );
  return { ...summary, partitions, failures };
}

interface Run {
  readonly collected: CollectedRows;
  readonly options: PublishCollectedOptions;
}

async function tryPublish(
  partition: CollectedPartition,
  names: PartitionNames & { readonly instrument: string },
  { collected, options }: Run,
): Promise<PublishedPartition> {
  const { store, layout, overwrite, sortRowsMax, materialized, arena, scratchDirectory, signal } = options;
  const { dataType, day, instrument, timeframe } = names;
  const { primary: path, copies } = layout.marketPaths({ dataType, day, instrument, timeframe });
  const published = await publishedState(store, path);
  const { sources } = partition.routed;
  const decision = decideMerge(published, sources, { sources: collected.sources, overwrite });
  const { base } = decision;
  if (base !== undefined && decision.fresh.size === 0) {
    const manifest = await mendPublished({ store, path, manifest: base }, options);
    return { names, path, manifest, status: 'unchanged' };
  }
  if (base !== undefined) {
    requireSourced(base, path);
    const schemaSha256 = fingerprintSchema(storedColumns(collected.schema, names, materialized).schema);
    requireSchema(base, schemaSha256, path);
  }
  const openBase = (manifest: PartitionManifest, schema: CollectedRows['schema']) =>
    publishedRows({ store, path, manifest }, { arena, schema });
  const content = collectedContent(partition, decision, {
    ...{ collected, sortRowsMax, openBase, scratchDirectory, signal },
  });
  const replace = published !== undefined;
  const task = { names, path, content, copies, subsets: undefined, replace, derivedFrom: undefined };
  const { status, manifest } = await publishPartition(task, options);
  return { names, path, manifest, status };
}

/** Candles of a source do not come to those that were made of shorter ones: each of these would be there twice. */
function requireSourced({ derived_from }: PartitionManifest, path: string): void {
  if (derived_from === undefined) return;
  throw new LakeError('conflict', 'candles that were made of shorter ones are published', {
    code: 'DERIVED',
    details: { path, from: derived_from.data_type },
  });
}

function requireSchema(base: PartitionManifest, schemaSha256: string, path: string): void {
  if (base.schema_sha256 === schemaSha256) return;
  throw new LakeError('conflict', 'what is published has other columns than the new rows', {
    code: 'SCHEMA_MISMATCH',
    details: { path },
  });
}
