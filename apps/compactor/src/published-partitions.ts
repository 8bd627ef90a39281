import { isLakeError } from '@ticklake/core';
import { walkPrefixes } from '@ticklake/jobs';
import type { ObjectMeta, ObjectStore } from '@ticklake/storage';
import { dayOf, isWantedDay, level, type PartitionFilter } from './discover-partitions.js';
import type { Meta } from './documents.js';
import { LIST_CONCURRENCY } from './limits.js';
import { DATA_NAME, metaKey, partitionDirectory, type PartitionKey } from './partition-key.js';
import { readMeta } from './published-dataset.js';

/** A published partition as a walk of the compact store finds it. */
export interface PublishedPartition {
  readonly key: PartitionKey;
  /** Whether a `meta.json` is there: without it nothing is published. */
  readonly committed: boolean;
  /** Everything in its directory, in byte order. */
  readonly objects: readonly ObjectMeta[];
  /** Of `data.parquet` as it is listed; of all Parquet objects of the partition, where there is none of that name. */
  readonly sizeBytes: number;
}

/** Every partition of the compact store that `filter` wants, in byte order of prefix; no object is read. */
export async function* publishedPartitions(
  compact: ObjectStore,
  filter: PartitionFilter,
  signal: AbortSignal,
): AsyncGenerator<PublishedPartition> {
  const levels = [
    level('exchange', (value) => filter.exchanges?.has(value) ?? true),
    level('stream', (value) => filter.streams?.has(value) ?? true),
    level('symbol', (value) => filter.symbols?.has(value) ?? true),
    level('date', (value) => isWantedDay(value, filter)),
  ];
  const walk = walkPrefixes(compact, {
    root: '',
    levels,
    listLeaves: true,
    concurrency: LIST_CONCURRENCY,
    signal,
  });
  for await (const { values, objects } of walk.leaves()) {
    const { exchange = '', stream = '', symbol = '', date = '' } = values;
    const day = dayOf(date);
    if (day === undefined) continue;
    const key = { exchange, stream, symbol, day };
    const committed = objects.some((object) => object.key === metaKey(key));
    yield { key, committed, objects, sizeBytes: dataBytes(key, objects) };
  }
}

function dataBytes(key: PartitionKey, objects: readonly ObjectMeta[]): number {
  const dataKey = partitionDirectory(key) + DATA_NAME;
  const data = objects.find((object) => object.key === dataKey);
  if (data !== undefined) return data.size;
  return objects.filter((object) => object.key.endsWith('.parquet')).reduce((sum, { size }) => sum + size, 0);
}

/** A committed partition and what its manifest says; `undefined` when that is damaged or another program's. */
export interface PublishedManifest {
  readonly key: PartitionKey;
  readonly meta: Meta | undefined;
}

/** {@link publishedPartitions} that are committed, with their manifests. */
export async function* publishedManifests(
  compact: ObjectStore,
  filter: PartitionFilter,
  signal: AbortSignal,
): AsyncGenerator<PublishedManifest> {
  for await (const { key, committed } of publishedPartitions(compact, filter, signal)) {
    if (!committed) continue;
    try {
      const meta = await readMeta(compact, key);
      if (meta !== undefined) yield { key, meta };
    } catch (error) {
      if (!isLakeError(error, 'corrupt')) throw error;
      yield { key, meta: undefined };
    }
  }
}
