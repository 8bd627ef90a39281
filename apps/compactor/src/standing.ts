import type { ObjectMeta, ObjectStore } from '@ticklake/storage';
import type { Meta } from './documents.js';
import { nameOf } from './inspect-source.js';
import { partitionDirectory, type PartitionKey } from './partition-key.js';

/**
 * How a published partition stands against the spool: `current`; `late` when files came after it was published;
 * `shrunk` when files it was made of are gone or changed; `broken` when its data object is not the one it names.
 */
export type Standing = 'current' | 'late' | 'shrunk' | 'broken';

/** Compares what was published with what is in the spool now, by name and size, and with the data object itself. */
export async function standingOf(
  compact: ObjectStore,
  key: PartitionKey,
  meta: Meta,
  sources: readonly ObjectMeta[],
): Promise<Standing> {
  const listed = new Map(sources.map((object) => [nameOf(object.key), object.size]));
  const published = new Map(meta.sources.map((source) => [source.name, source.size]));
  // Before anything else: data that is gone must not be made again of less than it was.
  for (const [name, size] of published) if (listed.get(name) !== size) return 'shrunk';
  const data = await compact.head(partitionDirectory(key) + meta.data);
  if (data === undefined || data.size !== meta.size_bytes) return 'broken';
  return listed.size > published.size ? 'late' : 'current';
}
