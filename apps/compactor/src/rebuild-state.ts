import type { UtcDay } from '@ticklake/core';
import { readManifest } from '@ticklake/manifest';
import type { ObjectStore } from '@ticklake/storage';
import { EVERYTHING } from './discover-partitions.js';
import { metaSchema, type PartitionChange } from './documents.js';
import { partitionDirectory, partitionId } from './partition-key.js';
import { publishedPartitions } from './published-partitions.js';
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
  for await (const { key, committed } of publishedPartitions(compact, EVERYTHING, signal)) {
    if (!committed) continue;
    const meta = await readManifest(compact, `${partitionDirectory(key)}meta.json`, metaSchema);
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
