import { walkPrefixes } from '@ticklake/jobs';
import type { ObjectStore } from '@ticklake/storage';
import { dayOf, isWantedDay, level, type PartitionFilter } from './discover-partitions.js';
import { LIST_CONCURRENCY } from './limits.js';
import { partitionDirectory, type PartitionKey } from './partition-key.js';

/** A published partition as a walk of the compact store finds it. */
export interface PublishedPartition {
  readonly key: PartitionKey;
  /** Whether a `meta.json` is there: without it nothing is published. */
  readonly committed: boolean;
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
    const metaKey = `${partitionDirectory(key)}meta.json`;
    yield { key, committed: objects.some((object) => object.key === metaKey) };
  }
}
