import { LakeError, systemClock, type Clock } from '@ticklake/core';
import type { JobEvent } from '@ticklake/jobs';
import { timeframeOf, type LayoutName, type ViewName } from '@ticklake/partition';
import type { ObjectStore } from '@ticklake/storage';
import { publishAvailability } from './availability/publish-availability.js';
import { openWritable, requireProbed } from './open-stores.js';
import type { PartitionSet } from './partition-data.js';
import { publishCollected, type PublishedPartition } from './partitions/publish-collected.js';
import type { PartitionNames } from './partitions/partition-names.js';
import { openRun, type RunContext } from './run-context.js';
import { VERSION } from './version.js';

/** Where partitions are published, and how they are laid out. */
export interface SaveOptions {
  /** A folder, a store URL or a store. */
  readonly output: string | ObjectStore;
  /** `dash-code` where it is left out. */
  readonly layout?: LayoutName;
  /** Of the tier, below the output; the layout's own where it is left out. */
  readonly root?: string;
  /** All of the tier where they are left out; `by_date` is always one. */
  readonly views?: readonly ViewName[];
  /** Whether views beside `by_date` hold copies (`all`, as in the guide) or references. */
  readonly copies?: 'primary' | 'all';
  readonly rawColons?: boolean;
  /** Columns that paths say, to be stored in the files too (AP-23). */
  readonly materializeColumns?: readonly string[];
  /** Whether rows take the place of those that are published. */
  readonly overwrite?: boolean;
  /** Credentials of stores. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly memoryBytes?: number;
  readonly scratchDirectory?: string;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  onEvent?(event: JobEvent): void;
}

/** One object of a partition. */
export interface UploadedView {
  /** e.g. `gs://bucket/execution_data/by_date/…/trades.parquet`. */
  readonly uri: string;
  readonly rows: number;
  readonly sha256: string;
}

/** A partition that is published. */
export interface UploadedPartition {
  readonly names: PartitionNames;
  readonly status: PublishedPartition['status'];
  /** By view; of availability, views of venues and types have one object each. */
  readonly views: ReadonlyMap<ViewName, readonly UploadedView[]>;
}

const MEMORY_BYTES = 256 * 2 ** 20;

/** Sets that were saved: their rows are gone. */
const SAVED = new WeakSet<PartitionSet>();

/**
 * Publishes partitions in all views (AP-29), as `save_and_upload_partitions` of the guide does: each with a receipt, all of its copies
 * together, never over what others published. The set can be used no more.
 *
 * @throws LakeError `invalid` (`SAVED`) for a set that was saved before; the first failure of a partition, when the others are done; as `openRun`.
 */
export async function saveAndUploadPartitions(
  set: PartitionSet,
  options: SaveOptions,
): Promise<readonly UploadedPartition[]> {
  const { output, env = {}, clock = systemClock, signal = new AbortController().signal } = options;
  if (SAVED.has(set)) {
    throw new LakeError('invalid', 'partitions are saved once, and their rows are gone then', {
      code: 'SAVED',
      details: { tier: set.tier, dataType: set.dataType },
    });
  }
  SAVED.add(set);
  if (typeof output === 'string') await requireProbed(output, env);
  const store = typeof output === 'string' ? openWritable(output, env) : output;
  try {
    const run = await openRun(
      store,
      {
        ...{
          tier: set.tier,
          layout: options.layout ?? 'dash-code',
          root: options.root,
          views: options.views ?? [],
        },
        ...{ copies: options.copies ?? 'all', rawColons: options.rawColons ?? false },
        materialized: options.materializeColumns ?? [],
        ...{ memory: options.memoryBytes ?? MEMORY_BYTES, scratch: options.scratchDirectory },
      },
      {
        clock,
        signal,
        tool: `ticklake-partitioner ${VERSION}`,
        onEvent: (event) => options.onEvent?.(event),
      },
    );
    return (await publish(set, run, options.overwrite ?? false)).map((one) => uploaded(one, run));
  } finally {
    await set.dispose();
  }
}

async function publish(
  set: PartitionSet,
  run: RunContext,
  overwrite: boolean,
): Promise<readonly PublishedPartition[]> {
  if (set.tier === 'availability') {
    return [await publishAvailability([set.source], { day: set.day, overwrite }, run)];
  }
  const kind = { tier: set.tier, dataType: set.dataType, timeframe: timeframeOf(set.dataType) };
  const { partitions, failures } = await publishCollected(set.collected, kind, { ...run, overwrite });
  for (const failure of failures.values()) throw failure;
  if (run.signal.aborted) throw new LakeError('cancelled', 'cancelled while partitions were published');
  return partitions;
}

function uploaded(
  { names, path, manifest, status }: PublishedPartition,
  { store }: RunContext,
): UploadedPartition {
  const uriOf = (key: string) => `${store.url.replace(/\/$/, '')}/${key}`;
  const views = new Map<ViewName, UploadedView[]>();
  const add = (view: ViewName, one: UploadedView) => views.set(view, [...(views.get(view) ?? []), one]);
  const { row_count: rows, parquet_sha256: sha256 } = manifest;
  add('by_date', { uri: uriOf(path), rows, sha256 });
  for (const copy of manifest.copies)
    add(copy.view, { uri: uriOf(copy.path), rows: copy.rows, sha256: copy.sha256 });
  return { names, status, views };
}
