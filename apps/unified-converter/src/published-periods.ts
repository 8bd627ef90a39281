import { isLakeError } from '@ticklake/core';
import { readPublished } from '@ticklake/manifest';
import type { ObjectStore } from '@ticklake/storage';
import type { DatasetEntry } from './documents/metadata.js';
import { partitionDataset, type PartitionManifest } from './partitions/manifest.js';
import { periodOfPath } from './partitions/partition-paths.js';
import type { PartitionPeriod } from './partitions/partition-period.js';

/** The manifest of a partition whose data is there as it says; `undefined` where there is none, or its data is something else. */
export async function publishedManifest(
  store: ObjectStore,
  directory: string,
): Promise<PartitionManifest | undefined> {
  try {
    return (await readPublished(partitionDataset(store, directory)))?.manifest;
  } catch (error) {
    if (isLakeError(error, 'corrupt') && error.code === 'DATA_MISMATCH') return undefined;
    throw error;
  }
}

/** Days, or months, of a dataset whose partition is not published as the metadata says (C-42). Sizes and versions are compared, not every byte. */
export async function damagedPeriods(
  store: ObjectStore,
  entry: DatasetEntry | undefined,
): Promise<readonly string[]> {
  const periods: string[] = [];
  for (const { path, sha256 } of entry?.partitions ?? []) {
    const manifest = await publishedManifest(store, path);
    if (manifest?.parquet_sha256 === sha256) continue;
    const period = periodOfPath(path);
    if (period !== undefined) periods.push(period);
  }
  return periods;
}

/** What the partitions below `prefix` are by, as their directories say; `undefined` where there are none. */
export async function publishedPeriod(
  store: ObjectStore,
  prefix: string,
): Promise<PartitionPeriod | undefined> {
  for await (const { key } of store.list(prefix))
    if (key.endsWith('/_manifest.json')) return /\/day=\d+\/[^/]*$/.test(key) ? 'day' : 'month';
  return undefined;
}
