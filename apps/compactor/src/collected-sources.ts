import { instantText, readDocument, updateDocument } from '@ticklake/jobs';
import type { Clock } from '@ticklake/core';
import type { SourceReceipt } from '@ticklake/manifest';
import type { ObjectStore } from '@ticklake/storage';
import { collectedSchema } from './documents.js';
import { partitionDirectory, type PartitionKey } from './partition-key.js';
import { casPatience } from './state.js';

/** Where the record of a partition's collected spool files lies, beside its `meta.json`. */
export function collectedKey(key: PartitionKey): string {
  return `${partitionDirectory(key)}sources-collected.json`;
}

/**
 * The SHA-256 of every collected spool file of a partition, by name; empty where none was.
 *
 * @throws LakeError `invalid` (`DOCUMENT`) when the record is there and cannot be read.
 */
export async function readCollected(
  compact: ObjectStore,
  key: PartitionKey,
): Promise<ReadonlyMap<string, string>> {
  const record = await readDocument(compact, collectedKey(key), collectedSchema);
  return new Map(record?.sources.map(({ name, sha256 }) => [name, sha256]));
}

/**
 * Records that `sources` may be missing from the spool from now on, because what was published of them is proved. Said before
 * the first of them is deleted, so that whatever dies in between leaves files, or a record of why they are not there. A
 * source that is recorded already keeps the time when it was.
 *
 * @throws LakeError `invalid` (`DOCUMENT`) when the record is there and cannot be read.
 * @throws LakeError `conflict` when others kept changing it.
 */
export async function recordCollected(
  compact: ObjectStore,
  {
    key,
    sources,
    clock,
  }: {
    readonly key: PartitionKey;
    readonly sources: readonly SourceReceipt[];
    readonly clock: Clock;
  },
): Promise<void> {
  const now = instantText(clock.nowMs());
  await updateDocument(
    compact,
    collectedKey(key),
    collectedSchema,
    (record) => {
      const known = new Map(record?.sources.map((source) => [source.name, source]));
      for (const { name, size, sha256 } of sources) {
        if (known.get(name)?.sha256 !== sha256) known.set(name, { name, size, sha256, collected_at: now });
      }
      const all = [...known.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
      return { ...record, version: 1 as const, sources: all };
    },
    casPatience(clock),
  );
}
