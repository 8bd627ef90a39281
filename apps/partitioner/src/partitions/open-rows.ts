import {
  createMultisetHash,
  createRowHasher,
  type Arena,
  type RecordBatch,
  type Schema,
} from '@ticklake/columnar';
import { isLakeError, LakeError } from '@ticklake/core';
import { readManifest, readPublished } from '@ticklake/manifest';
import { openParquet } from '@ticklake/parquet';
import type { ObjectSource, ObjectStore } from '@ticklake/storage';
import { BATCH_ROWS, PARQUET_LIMITS } from '../limits.js';
import { partitionDataset, type PartitionManifest } from './manifest.js';

/** What a manifest publishes, and whether its data is there. */
export interface PublishedState {
  readonly manifest: PartitionManifest;
  /** Whether no object holds what the manifest describes: then the same sources publish it again. */
  readonly isDamaged: boolean;
}

/** What is published at a path of the primary view; `undefined` where nothing is. @throws LakeError `corrupt` (`MANIFEST`). */
export async function publishedState(store: ObjectStore, path: string): Promise<PublishedState | undefined> {
  const dataset = partitionDataset(store, path);
  try {
    const published = await readPublished(dataset);
    return published && { manifest: published.manifest, isDamaged: false };
  } catch (error) {
    if (!isLakeError(error, 'corrupt') || error.code !== 'DATA_MISMATCH') throw error;
    const { directory, manifestName, manifestSchema } = dataset;
    const manifest = await readManifest(store, directory + manifestName, manifestSchema);
    return manifest && { manifest, isDamaged: true };
  }
}

/** What is published at a path, as a manifest says. */
export interface PublishedPlace {
  /** The root of the tier. */
  readonly store: ObjectStore;
  /** In the primary view. */
  readonly path: string;
  readonly manifest: PartitionManifest;
}

/**
 * The file of all rows that is published at a path.
 *
 * @throws LakeError `conflict` (`PUBLISHED_MEANWHILE`) where something else is published there by now; `corrupt` (`DATA_MISMATCH`).
 */
export async function publishedData({ store, path, manifest }: PublishedPlace): Promise<ObjectSource> {
  const published = await readPublished(partitionDataset(store, path));
  if (published?.manifest.manifest_sha256 === manifest.manifest_sha256) return published.data;
  throw new LakeError('conflict', 'another run published something else meanwhile', {
    code: 'PUBLISHED_MEANWHILE',
    details: { path },
  });
}

/**
 * The columns of the rows that are published at a path, without those that were added to them.
 *
 * @throws LakeError as {@link publishedData}; `corrupt`.
 */
export async function publishedSchema(place: PublishedPlace, arena: Arena): Promise<Schema> {
  const reader = await openParquet({ source: await publishedData(place), arena }, PARQUET_LIMITS);
  const { materialized } = place.manifest;
  reader.close();
  return { fields: reader.schema.fields.filter(({ name }) => !materialized.includes(name)) };
}

/**
 * The rows that are published at a path, in their order, without the columns that were added to them. That they are those that the manifest
 * proves is checked on the way, so that what is made of them rests on the same proof.
 *
 * @param tools - The schema is that of the rows.
 * @throws LakeError as {@link publishedData}; `corrupt`, also (`RECEIPT`) at the end where rows are not those of the manifest.
 */
export async function* publishedRows(
  place: PublishedPlace,
  { arena, schema }: { readonly arena: Arena; readonly schema: Schema },
): AsyncGenerator<RecordBatch> {
  const { path, manifest } = place;
  const reader = await openParquet({ source: await publishedData(place), arena }, PARQUET_LIMITS);
  const hasher = createRowHasher(arena, schema, { exclude: [] });
  const sum = createMultisetHash();
  try {
    const columns = schema.fields.map(({ name }) => name);
    for await (const { rowCount, columns: read } of reader.batches({ columns, rowsMax: BATCH_ROWS })) {
      const batch = { schema, rowCount, columns: read };
      sum.add(hasher.digestBatch(batch));
      yield batch;
    }
  } finally {
    hasher.release();
    reader.close();
  }
  if (sum.hex() === manifest.content.multiset) return;
  throw new LakeError('corrupt', 'the rows of a partition are not those of its manifest', {
    code: 'RECEIPT',
    details: { path },
  });
}
