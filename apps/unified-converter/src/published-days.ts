import { isLakeError } from '@ticklake/core';
import { readPublished } from '@ticklake/manifest';
import { aggtradesScheme, futuresScheme, klinesScheme, unifiedDayOf } from '@ticklake/partition';
import type { ObjectStore } from '@ticklake/storage';
import type { DatasetEntry } from './documents/metadata.js';
import { partitionDataset, type PartitionManifest } from './partitions/manifest.js';

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

/** Days of a dataset whose partition is not published as the metadata says (C-42). Sizes and versions are compared, not every byte. */
export async function damagedDays(
  store: ObjectStore,
  entry: DatasetEntry | undefined,
): Promise<readonly string[]> {
  const days: string[] = [];
  for (const { path, sha256 } of entry?.partitions ?? []) {
    const manifest = await publishedManifest(store, path);
    if (manifest?.parquet_sha256 === sha256) continue;
    const day = dayOfPath(path);
    if (day !== undefined) days.push(day);
  }
  return days;
}

/** The day of a partition of any dataset; `undefined` for a path that is none. */
export function dayOfPath(path: string): string | undefined {
  const parsed = klinesScheme.parse(path) ?? aggtradesScheme.parse(path) ?? futuresScheme.parse(path);
  return parsed === undefined ? undefined : unifiedDayOf(parsed);
}
