import type { PartitionManifest } from '../partitions/manifest.js';
import type { DatasetEntry, PartitionEntry } from './metadata.js';

/** What the metadata says of a partition that is published. */
export function partitionEntry(path: string, manifest: PartitionManifest): PartitionEntry {
  return {
    path,
    rows: manifest.row_count,
    size_bytes: manifest.parquet_size_bytes,
    sha256: manifest.parquet_sha256,
    multiset: manifest.content.multiset,
    timestamp_min: manifest.timestamp_min,
    timestamp_max: manifest.timestamp_max,
    ...(manifest.derived_from === undefined ? {} : { derived_from: manifest.derived_from }),
  };
}

/** What the metadata says of a dataset's partitions together, and of each, in order of time. */
export function partitionsPart(
  partitions: readonly PartitionEntry[],
): Pick<DatasetEntry, 'rows' | 'timestamp_min' | 'timestamp_max' | 'partitions'> {
  const all = [...partitions].sort((a, b) => compareTimes(a.timestamp_min, b.timestamp_min));
  return {
    rows: all.reduce((sum, { rows }) => sum + rows, 0),
    timestamp_min: all[0]?.timestamp_min ?? '0',
    timestamp_max: all.reduce((most, one) => later(most, one.timestamp_max), all[0]?.timestamp_max ?? '0'),
    partitions: all,
  };
}

function compareTimes(a: string, b: string): number {
  return Number(BigInt(a) - BigInt(b));
}

function later(a: string, b: string): string {
  return compareTimes(a, b) < 0 ? b : a;
}
