import type { UtcDay } from '@ticklake/core';
import type { ObjectStore } from '@ticklake/storage';
import { EVERYTHING } from './discover-partitions.js';
import type { PartitionChange } from './documents.js';
import { partitionId } from './partition-key.js';
import { publishedManifests } from './published-partitions.js';
import type { StateChanges } from './state.js';

/**
 * What the published partitions tell about state (invariant I10); `undefined` when there are none, which is a fresh
 * start (spec row CM-20). A day with partitions may still lack others, hence unconfirmed.
 */
export async function rebuildState(
  compact: ObjectStore,
  signal: AbortSignal,
): Promise<StateChanges | undefined> {
  const partitions = new Map<string, PartitionChange>();
  const days = new Set<UtcDay>();
  for await (const { key, meta } of publishedManifests(compact, EVERYTHING, signal)) {
    // One that cannot be read is left for the run to judge, which every day since the first is looked at for.
    if (meta === undefined) continue;
    days.add(key.day);
    partitions.set(partitionId(key), {
      status: 'success',
      rows: meta.row_count,
      total_size_bytes: meta.sources.reduce((sum, source) => sum + source.size, 0),
    });
  }
  if (partitions.size === 0) return undefined;
  return { partitions, judgedDays: [...days], unconfirmed: true };
}
