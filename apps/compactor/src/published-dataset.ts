import { readManifest, type PublishedDataset } from '@ticklake/manifest';
import type { ObjectStore } from '@ticklake/storage';
import { metaSchema, type Meta } from './documents.js';
import { placeOf } from './meta.js';
import { DATA_NAME, MANIFEST_NAME, metaKey, partitionDirectory, type PartitionKey } from './partition-key.js';

/** A partition, as the dataset that its `meta.json` publishes. */
export function publishedDataset(compact: ObjectStore, key: PartitionKey): PublishedDataset<Meta> {
  return {
    store: compact,
    directory: partitionDirectory(key),
    dataName: DATA_NAME,
    manifestName: MANIFEST_NAME,
    manifestSchema: metaSchema,
    place: placeOf,
  };
}

/**
 * The `meta.json` of a partition; `undefined` when nothing is published.
 *
 * @throws LakeError `corrupt` (`MANIFEST`) when what is there is not ours.
 */
export function readMeta(compact: ObjectStore, key: PartitionKey): Promise<Meta | undefined> {
  return readManifest(compact, metaKey(key), metaSchema);
}
