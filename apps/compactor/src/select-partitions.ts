import { LakeError, type UtcDay } from '@ticklake/core';
import { inShard, type Shard } from '@ticklake/jobs';
import type { SpoolPartition } from './discover-partitions.js';
import { partitionId } from './partition-key.js';

/** What comes first (spec row CM-32): days by the calendar, or partitions by the bytes of their spool files. */
export type Order = 'oldest' | 'newest' | 'smallest' | 'largest';

/** How much of what was asked for one run takes, and in which order. */
export interface Selection {
  /**
   * Absent: as partitions are found, by exchange, stream and symbol, each with its oldest day first, while the spool is still being listed. Any
   * order needs all listings before the first partition and holds them, some 250 bytes a file.
   */
  readonly order: Order | undefined;
  /** Most days that no run has judged yet (spec row CM-31): the newest with `newest`, else the oldest. */
  readonly daysMax: number | undefined;
  /** Most partitions that are compacted; those that need nothing, are refused or fail do not count (spec row CM-31). */
  readonly partitionsMax: number | undefined;
  /** Only the partitions of this part of all. */
  readonly shard: Shard | undefined;
}

/** All that was asked for. */
export const TAKE_EVERYTHING: Selection = {
  order: undefined,
  daysMax: undefined,
  partitionsMax: undefined,
  shard: undefined,
};

/** Those of the partitions found that a run takes. */
export interface SelectedPartitions {
  /** In the order asked for. Call it once. */
  partitions(): AsyncGenerator<SpoolPartition>;
  /**
   * Lists everything before anything is done, and keeps it for {@link partitions}.
   *
   * @throws LakeError `invalid` (`OVERWRITE`) when there are more than `countMax`; only so many are ever held.
   */
  requireAtMost(countMax: number): Promise<void>;
  /** With a shard: the ids of all partitions of each day, also of those of other shards, once {@link partitions} is through. */
  readonly found: ReadonlyMap<UtcDay, readonly string[]>;
}

/** Chooses among `found`, which is read as it is asked for where the order allows it. */
export function selectPartitions(
  found: AsyncIterable<SpoolPartition>,
  { order, shard }: Pick<Selection, 'order' | 'shard'>,
): SelectedPartitions {
  const idsByDay = new Map<UtcDay, string[]>();
  let source: AsyncIterable<SpoolPartition> =
    shard === undefined ? found : partitionsOf(shard, found, idsByDay);
  return {
    found: idsByDay,
    async *partitions() {
      if (order === undefined) yield* source;
      else yield* await sorted(source, order);
    },
    async requireAtMost(countMax) {
      const kept: SpoolPartition[] = [];
      let count = 0;
      for await (const partition of source) if (++count <= countMax) kept.push(partition);
      if (count > countMax) throw tooMany(count, countMax);
      source = fromMemory(kept);
    },
  };
}

/** The days to take of those asked for, ascending, and how many are left for another run. */
export function takeDays(
  days: readonly UtcDay[],
  { order, daysMax }: Pick<Selection, 'order' | 'daysMax'>,
  isJudged: (day: UtcDay) => boolean,
): { readonly taken: UtcDay[]; readonly leftCount: number } {
  const open = days.filter((day) => !isJudged(day)).sort();
  const count = Math.min(open.length, daysMax ?? open.length);
  const wanted = new Set(order === 'newest' ? open.slice(open.length - count) : open.slice(0, count));
  return {
    taken: days.filter((day) => wanted.has(day) || isJudged(day)).sort(),
    leftCount: open.length - count,
  };
}

/** Bytes of a partition's spool files. */
export function sourceBytesOf({ sources }: Pick<SpoolPartition, 'sources'>): number {
  return sources.reduce((sum, { size }) => sum + size, 0);
}

async function* partitionsOf(
  shard: Shard,
  found: AsyncIterable<SpoolPartition>,
  idsByDay: Map<UtcDay, string[]>,
): AsyncGenerator<SpoolPartition> {
  for await (const partition of found) {
    const { day } = partition.key;
    const id = partitionId(partition.key);
    const ids = idsByDay.get(day);
    if (ids === undefined) idsByDay.set(day, [id]);
    else ids.push(id);
    if (inShard(id, shard)) yield partition;
  }
}

/** Among equals the order in which they were found, which is that of their names. */
async function sorted(found: AsyncIterable<SpoolPartition>, order: Order): Promise<SpoolPartition[]> {
  const all: { readonly partition: SpoolPartition; readonly sizeBytes: number }[] = [];
  for await (const partition of found) all.push({ partition, sizeBytes: sourceBytesOf(partition) });
  const direction = order === 'oldest' || order === 'smallest' ? 1 : -1;
  const isBySize = order === 'smallest' || order === 'largest';
  all.sort(
    (a, b) => direction * (isBySize ? a.sizeBytes - b.sizeBytes : compareDays(a.partition, b.partition)),
  );
  return all.map(({ partition }) => partition);
}

function compareDays({ key: a }: SpoolPartition, { key: b }: SpoolPartition): number {
  return a.day < b.day ? -1 : a.day > b.day ? 1 : 0;
}

function tooMany(count: number, countMax: number): LakeError {
  return new LakeError('invalid', 'overwriting so many partitions needs --yes; --plan shows which they are', {
    code: 'OVERWRITE',
    details: { partitions: count, withoutYes: countMax },
  });
}

async function* fromMemory(partitions: readonly SpoolPartition[]): AsyncGenerator<SpoolPartition> {
  yield* partitions;
}
