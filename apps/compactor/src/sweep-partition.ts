import { isLakeError } from '@ticklake/core';
import { putManifest, type ManifestVersion } from '@ticklake/manifest';
import type { ObjectMeta, ObjectStore } from '@ticklake/storage';
import { metaSchema, type Meta } from './documents.js';
import {
  generationOf,
  kindOf,
  leftoversOf,
  lookAtPartition,
  type Leftover,
  type LeftoverRules,
  type PartitionObjects,
} from './find-leftovers.js';
import { nameOf } from './inspect-source.js';
import { metaKey, type PartitionKey } from './partition-key.js';
import { leasePartition, type LeaseSeeker } from './partition-lease.js';

/** What became of a leftover: `busy` when another run is at its partition, `changed` when it is none any more. */
export type SweepFate = 'deleted' | 'busy' | 'changed';

/**
 * Deletes leftovers of one partition, and nothing that a manifest points at or is about to, whoever publishes meanwhile:
 *
 * - A commit is a put of `meta.json` on condition of the version that its data was chosen for, with a generation above
 *   that version's. So once a `meta.json` of generation g stands, no commit can ever name another `data-g<k>-…` with
 *   k ≤ g: such an object is dead, however slow its writer is.
 * - One with k > g is somebody's who has yet to commit, or died. Before it goes, `meta.json` is put with its own content and generation k,
 *   on condition of its version. Whoever decided on the version before can then no longer commit, and whoever reads
 *   this one stages under k + 1: the object is dead like the others.
 * - Without a `meta.json` there is nothing to put on condition. There the lease keeps others out, and the age: an
 *   orphan of days is nobody's work under way. A run that lost its lease, was stopped over its own adoption of the orphan and goes
 *   on right between the last look here and the deletion would commit data that is gone; readers are told
 *   `DATA_MISMATCH`, and the next catch-up makes the partition again from its spool files, which are still there,
 *   because only a verified publication lets them go.
 *
 * All this is looked at under the lease, and version of manifest and object once more right before each deletion.
 */
export async function sweepPartition(
  key: PartitionKey,
  due: readonly Leftover[],
  { rules, ...seeker }: LeaseSeeker & { readonly rules: LeftoverRules },
): Promise<Map<Leftover, SweepFate>> {
  const { compact } = seeker;
  const lease = await leaseOrNone(key, seeker);
  const all = (fate: SweepFate) => new Map(due.map((leftover) => [leftover, fate]));
  if (lease === undefined) return all('busy');
  try {
    const seen = await lookAtPartition(compact, key);
    const left = seen === undefined ? [] : leftoversOf(seen, rules);
    const still = due.filter(({ object }) => left.some((other) => isSameVersion(other.object, object)));
    const now = seen && (await passGenerations(compact, seen, still));
    if (now === undefined) return all('changed');
    const fates = all('changed');
    for (const leftover of still) {
      if (lease.signal.aborted) return fates;
      if (await deleteUnreferenced(compact, now, leftover.object)) fates.set(leftover, 'deleted');
    }
    return fates;
  } finally {
    await lease.release();
  }
}

/** Deletes `object` if it is still that version; `false` when it is not. */
export async function deleteVersion(compact: ObjectStore, object: ObjectMeta): Promise<boolean> {
  const now = await compact.head(object.key);
  if (now === undefined || !isSameVersion(now, object)) return false;
  await compact.delete(object.key);
  return true;
}

async function leaseOrNone(key: PartitionKey, seeker: LeaseSeeker) {
  try {
    return await leasePartition(key, seeker);
  } catch (error) {
    if (isLakeError(error, 'busy')) return undefined;
    throw error;
  }
}

/** What stands once no staged object of `leftovers` can be committed any more; `undefined` when somebody else committed. */
async function passGenerations(
  compact: ObjectStore,
  partition: PartitionObjects,
  leftovers: readonly Leftover[],
): Promise<PartitionObjects | undefined> {
  const { key, version } = partition;
  const ahead = leftovers.filter(({ kind }) => kind === 'uncommitted');
  if (version === undefined || ahead.length === 0) return partition;
  const generation = Math.max(...ahead.map(({ object }) => generationOf(object.key) ?? 0));
  const passed: ManifestVersion<Meta> | undefined = await putManifest(compact, metaKey(key), {
    schema: metaSchema,
    manifest: { ...version.manifest, generation },
    onlyIf: { etag: version.etag },
  });
  return passed && { ...partition, version: passed };
}

async function deleteUnreferenced(
  compact: ObjectStore,
  { key, version }: PartitionObjects,
  object: ObjectMeta,
): Promise<boolean> {
  if (kindOf(nameOf(object.key), version?.manifest) === undefined) return false;
  const manifest = await compact.head(metaKey(key));
  return manifest?.etag === version?.etag && (await deleteVersion(compact, object));
}

/** A store that makes versions of the content alone still tells when they were put. */
function isSameVersion(a: ObjectMeta, b: ObjectMeta): boolean {
  return a.key === b.key && a.etag === b.etag && a.modifiedAtMs === b.modifiedAtMs;
}
