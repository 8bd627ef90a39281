import { isLakeError } from '@ticklake/core';
import type { ObjectMeta, ObjectStore } from '@ticklake/storage';
import { readCollected } from './collected-sources.js';
import type { Meta } from './documents.js';
import { nameOf } from './inspect-source.js';
import { DATA_NAME, partitionDirectory, type PartitionKey } from './partition-key.js';

/**
 * How a published partition stands against the spool: `current`; `late` when files came after it was published;
 * `shrunk` when files it was made of are gone or changed; `broken` when its data object is not the one it names;
 * `staged` when a run died before the fixed name had its bytes: those who know only that name still see the old ones.
 * Files that `gc-raw` collected, and recorded, are not gone in this sense.
 */
export type Standing = 'current' | 'late' | 'shrunk' | 'broken' | 'staged';

/** A {@link Standing} and what it rests on. */
export interface SpoolStanding {
  readonly standing: Standing;
  /** Whether files it was made of were collected: it cannot be made again from the spool. */
  readonly isCollected: boolean;
  /** Files of the spool that it neither holds nor names as damaged, in source order. */
  readonly late: readonly ObjectMeta[];
}

/** {@link judgeStanding}, in one word. A record of collected files that cannot be read is none. */
export async function standingOf(
  compact: ObjectStore,
  key: PartitionKey,
  meta: Meta,
  sources: readonly ObjectMeta[],
): Promise<Standing> {
  try {
    return (await judgeStanding(compact, key, meta, sources)).standing;
  } catch (error) {
    if (isLakeError(error, 'invalid')) return 'shrunk';
    throw error;
  }
}

/**
 * Compares what was published with what is in the spool now, by name and size, and with the data object itself.
 *
 * @throws LakeError `invalid` (`DOCUMENT`) when files are missing and the record of collected ones cannot be read.
 */
export async function judgeStanding(
  compact: ObjectStore,
  key: PartitionKey,
  meta: Meta,
  sources: readonly ObjectMeta[],
): Promise<SpoolStanding> {
  const listed = new Map(sources.map((object) => [nameOf(object.key), object.size]));
  const known = new Map([...meta.sources, ...meta.receipt.quarantined].map(({ name, size }) => [name, size]));
  const late = sources.filter((object) => known.get(nameOf(object.key)) !== object.size);
  const missing = meta.sources.filter(({ name }) => !listed.has(name));
  const changed = meta.sources.some(({ name, size }) => (listed.get(name) ?? size) !== size);
  const collected = missing.length > 0 ? await readCollected(compact, key) : new Map<string, string>();
  const isCollected =
    missing.length > 0 && missing.every(({ name, sha256 }) => collected.get(name) === sha256);
  // Before anything else: data that is gone must not be made again of less than it was.
  if (changed || (missing.length > 0 && !isCollected)) return { standing: 'shrunk', isCollected, late };
  const data = await compact.head(partitionDirectory(key) + meta.data);
  if (data?.size !== meta.size_bytes) return { standing: 'broken', isCollected, late };
  if (late.length > 0) return { standing: 'late', isCollected, late };
  return { standing: meta.data === DATA_NAME ? 'current' : 'staged', isCollected, late };
}

/** Whether every file that a published partition was made of is among `sources`, by name and size. */
export function coversPublished(sources: readonly ObjectMeta[], meta: Meta): boolean {
  const listed = new Map(sources.map((object) => [nameOf(object.key), object.size]));
  return meta.sources.every(({ name, size }) => listed.get(name) === size);
}
