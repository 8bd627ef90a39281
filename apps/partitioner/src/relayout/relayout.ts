import { isDeepStrictEqual } from 'node:util';
import { concatBatches, createMultisetHash, type RecordBatch } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import { readPublished } from '@ticklake/manifest';
import { runJob, type JobSummary, type TaskResult } from '@ticklake/jobs';
import { availabilityCopies } from '../availability/availability-copies.js';
import type { TierLayout } from '../layout/tier-layout.js';
import { PARQUET } from '../limits.js';
import { fetchFile } from '../partitions/fetch-file.js';
import { listPartitions, namesOfPath, type ListedPartition } from '../partitions/list-partitions.js';
import { partitionDataset, type PartitionManifest } from '../partitions/manifest.js';
import { publishedRows, publishedSchema } from '../partitions/open-rows.js';
import type { PartitionContent } from '../partitions/partition-content.js';
import {
  publishPartition,
  publishPartitionFile,
  type PartitionTask,
} from '../partitions/publish-partition.js';
import type { OpenTier } from '../reader/open-tier.js';
import type { RunContext } from '../run-context.js';

/** What a tier came to in its new layout. */
export interface RelayoutSummary extends JobSummary {
  readonly partitions: number;
  readonly rows: number;
  /** What all rows hash to, as they were and as they are: equal where nothing failed. */
  readonly from: string;
  readonly to: string;
  /** Why partitions were not published, by path. */
  readonly failures: ReadonlyMap<string, Error>;
}

/**
 * Publishes every partition of a tier in another layout (AP-35): the same rows in the same order, which their content hashes prove one by one and all
 * together, with the receipts that they have. Files are copied byte for byte, unless they say something that is otherwise in the new place. The
 * tier stays where it was.
 *
 * @throws LakeError as stores do. A partition that fails does not stop the rest.
 */
export async function relayout(source: OpenTier, run: RunContext): Promise<RelayoutSummary> {
  const failures = new Map<string, Error>();
  const [from, to] = [createMultisetHash(), createMultisetHash()];
  const { clock, signal, onEvent } = run;
  let [partitions, rows] = [0, 0];
  const summary = await runJob(
    {
      name: 'relayout',
      async *plan() {
        for await (const listed of listPartitions(source.store, source.layout))
          yield { id: listed.path, listed };
      },
      async execute({ listed }): Promise<TaskResult> {
        // What is damaged is told, and never passed over as if it had not been published.
        const published = (await readPublished(partitionDataset(source.store, listed.path)))?.manifest;
        if (published === undefined) return { status: 'skipped', reason: 'not published' };
        from.addHash(published.content.multiset);
        const { status, manifest } = await moveOne({ listed, manifest: published, source }, run);
        to.addHash(manifest.content.multiset);
        partitions++;
        rows += manifest.row_count;
        if (status === 'unchanged') return { status: 'skipped', reason: 'published already' };
        return { status: 'done', rowCount: manifest.row_count, sizeBytes: manifest.parquet_size_bytes };
      },
      record: ({ id }, result) => {
        if (result instanceof Error) failures.set(id, result);
        return Promise.resolve();
      },
    },
    { concurrency: 1, signal, clock, onEvent },
  );
  return { ...summary, partitions, rows, from: from.hex(), to: to.hex(), failures };
}

interface Move {
  readonly listed: ListedPartition;
  readonly manifest: PartitionManifest;
  readonly source: OpenTier;
}

async function moveOne(move: Move, run: RunContext) {
  const { manifest, listed } = move;
  const task = await taskOf(move, run);
  const outcome = await (staysAsItIs(task, move) ? publishCopy : publishAnew)(task, move, run);
  const { multiset, ordered } = outcome.manifest.content;
  if (multiset === manifest.content.multiset && ordered === manifest.content.ordered) return outcome;
  throw new LakeError('conflict', 'other rows are published where a partition would be', {
    code: 'ALREADY_PUBLISHED',
    details: { from: listed.path, to: task.path },
  });
}

/**
 * Whether a file says nothing that is otherwise in its new place, as the one of candles does that names by its path what they were made of;
 * and is compressed as files are.
 */
function staysAsItIs({ derivedFrom }: PartitionTask, { manifest }: Move): boolean {
  return (
    manifest.compression === PARQUET.compression && isDeepStrictEqual(manifest.derived_from, derivedFrom)
  );
}

async function publishCopy(task: PartitionTask, { listed, manifest, source }: Move, run: RunContext) {
  const file = await fetchFile({ store: source.store, path: listed.path, manifest }, run);
  try {
    return await publishPartitionFile(task, { file, manifest }, run);
  } finally {
    await file.dispose();
  }
}

function publishAnew(task: PartitionTask, { manifest }: Move, run: RunContext) {
  return publishPartition(task, { ...run, materialized: manifest.materialized });
}

async function taskOf(move: Move, run: RunContext): Promise<PartitionTask> {
  const { names } = move.listed;
  const content = await contentOf(move, run);
  const rest = { names, content, replace: false, derivedFrom: derivedFromIn(run.layout, move) };
  const { day, instrument, dataType, timeframe } = names;
  if (instrument !== undefined) {
    const { primary, copies } = run.layout.marketPaths({ day, instrument, dataType, timeframe });
    return { ...rest, path: primary, copies, subsets: undefined };
  }
  const batches: RecordBatch[] = [];
  for await (const batch of content.batches()) batches.push(batch);
  const subsets = (all: RecordBatch) => availabilityCopies(all, day, run.layout);
  const copies = subsets(concatBatches(batches));
  return { ...rest, path: run.layout.availabilityPath('by_date', { day }), copies, subsets };
}

/** What candles were made of, by its path in the new layout. */
function derivedFromIn(layout: TierLayout, { manifest, source }: Move): PartitionManifest['derived_from'] {
  const { derived_from: from } = manifest;
  if (from === undefined) return undefined;
  const names = namesOfPath(from.path, source.layout);
  if (names?.instrument === undefined) {
    throw new LakeError('corrupt', 'candles were made of what no path of the tier is', {
      code: 'MANIFEST',
      details: { path: from.path },
    });
  }
  const { day, instrument, dataType, timeframe } = names;
  return { ...from, path: layout.marketPaths({ day, instrument, dataType, timeframe }).primary };
}

/** The rows of a partition as they are published, with the receipt that they have. */
async function contentOf(
  { listed, manifest, source }: Move,
  { arena }: RunContext,
): Promise<PartitionContent> {
  const place = { store: source.store, path: listed.path, manifest };
  const schema = await publishedSchema(place, arena);
  const [first = ''] = manifest.row_order.split(',');
  return {
    ...{ schema, orderBy: [first], rowOrder: manifest.row_order, rowCount: manifest.row_count },
    ...{ multiset: manifest.content.multiset, sources: manifest.sources, base: manifest.receipt.base },
    batches: () => publishedRows(place, { arena, schema }),
    checkSources: () => Promise.resolve(),
  };
}
