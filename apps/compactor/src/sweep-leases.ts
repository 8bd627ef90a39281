import { isLakeError, mapBounded } from '@ticklake/core';
import { readLease } from '@ticklake/jobs';
import type { ObjectMeta, ObjectStore } from '@ticklake/storage';
import { LIST_CONCURRENCY } from './limits.js';
import { LEASES_PREFIX } from './partition-key.js';
import { deleteVersion } from './sweep-partition.js';

/** Leases looked at before the next ones are listed. */
const BATCH = 256;

/**
 * Counts the leases that were given back before `beforeMs`, and deletes them when `apply` says so. A lease makes nothing
 * correct, so one that somebody takes in the same instant costs them a partition's work at most. Locks of other programs,
 * and those that are held, stay.
 */
export async function sweepLeases(
  compact: ObjectStore,
  { beforeMs, apply }: { readonly beforeMs: number; readonly apply: boolean },
): Promise<number> {
  let count = 0;
  const sweepBatch = async (batch: readonly ObjectMeta[]) => {
    const swept = await mapBounded(batch, LIST_CONCURRENCY, async (object) => {
      if (!(await isReleased(compact, object.key))) return false;
      return apply ? deleteVersion(compact, object) : true;
    });
    count += swept.filter(Boolean).length;
  };
  let batch: ObjectMeta[] = [];
  for await (const object of compact.list(LEASES_PREFIX)) {
    if (object.modifiedAtMs < beforeMs) batch.push(object);
    if (batch.length < BATCH) continue;
    await sweepBatch(batch);
    batch = [];
  }
  await sweepBatch(batch);
  return count;
}

async function isReleased(compact: ObjectStore, key: string): Promise<boolean> {
  try {
    return (await readLease(compact, key))?.state === 'released';
  } catch (error) {
    if (isLakeError(error, 'invalid')) return false;
    throw error;
  }
}
