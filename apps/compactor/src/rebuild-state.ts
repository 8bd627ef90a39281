import type { UtcDay } from '@ticklake/core';
import type { QuarantineDocument } from '@ticklake/jobs';
import type { ObjectStore } from '@ticklake/storage';
import { EVERYTHING } from './discover-partitions.js';
import type { PartitionChange } from './documents.js';
import { stateOf } from './meta.js';
import { partitionId } from './partition-key.js';
import { publishedManifests } from './published-partitions.js';
import { quarantinedPartitions } from './quarantined-partitions.js';
import type { StateChanges } from './state.js';

/** What the compact store itself tells about state. */
export interface RebuiltState extends StateChanges {
  /** Published partitions whose `meta.json` is damaged or another program's, by id: state says nothing about them. */
  readonly unreadable: readonly string[];
}

/**
 * What the published partitions and the quarantine tell about state (invariant I10); `undefined` when there are none,
 * which is a fresh start (spec row CM-20). A day with partitions may still lack others, hence unconfirmed.
 */
export async function rebuildState(
  compact: ObjectStore,
  signal: AbortSignal,
): Promise<RebuiltState | undefined> {
  const partitions = new Map<string, PartitionChange>();
  const days = new Set<UtcDay>();
  const unreadable: string[] = [];
  for await (const { key, meta } of publishedManifests(compact, EVERYTHING, signal)) {
    // One that cannot be read is left for the run to judge, which every day since the first is looked at for.
    if (meta === undefined) {
      unreadable.push(partitionId(key));
      continue;
    }
    days.add(key.day);
    partitions.set(partitionId(key), stateOf(meta));
  }
  for await (const { key, record } of quarantinedPartitions(compact, EVERYTHING, signal)) {
    days.add(key.day);
    partitions.set(partitionId(key), quarantineState(record));
  }
  if (partitions.size === 0) return undefined;
  return { partitions, judgedDays: [...days], unconfirmed: true, unreadable };
}

/** What its inputs were is not on record, so the next run judges them again. */
function quarantineState(record: QuarantineDocument | undefined): PartitionChange {
  if (record === undefined) {
    return { status: 'quarantine', error_type: 'DOCUMENT', error: 'error.json cannot be understood' };
  }
  return {
    status: 'quarantine',
    error_type: record.type,
    failing_key: record.file,
    error: record.message,
  };
}
