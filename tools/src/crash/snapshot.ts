import { metaSchema, type Meta } from '@ticklake/compactor';
import { isLakeError } from '@ticklake/core';
import { readPublished, type PublishedDataset } from '@ticklake/manifest';
import type { ObjectStore } from '@ticklake/storage';
import { createHash } from 'node:crypto';

/** What a reader who follows the rule finds in a partition. */
export interface Seen {
  /** Of the data, or `lost` where nothing holds what `meta.json` promises. */
  readonly sha256: string;
  readonly rowCount: number;
  readonly generation: number;
}

/** Everything that anybody can see in a lake. */
export interface Snapshot {
  /** By directory of the partition; only what is published. */
  readonly published: ReadonlyMap<string, Seen>;
  /** Every object but leases: JSON as text without versions and times of writing, others by their SHA-256. */
  readonly contents: ReadonlyMap<string, string>;
}

/** The fixed name of the data of a partition. */
export const DATA = 'data.parquet';
/** Leases only save work, and tell who holds them. */
const LEASE = /\.lock$/;
const PARTITION = /^exchange=[^/]+\/stream=[^/]+\/symbol=[^/]+\/date=\d{8}\//;

/**
 * Reads all of a lake.
 *
 * @throws Error when something is not whole, or is not what a `meta.json` promises.
 */
export async function readSnapshot(lake: ObjectStore): Promise<Snapshot> {
  const published = new Map<string, Seen>();
  const contents = new Map<string, string>();
  const directories = new Set<string>();
  for await (const { key } of lake.list('')) {
    const { bytes } = await lake.get(key);
    const text = key.endsWith('.json') || LEASE.test(key) ? timeless(key, bytes) : sha256(bytes);
    if (!LEASE.test(key)) contents.set(key, text);
    const directory = PARTITION.exec(key)?.[0];
    if (directory !== undefined) directories.add(directory);
  }
  for (const directory of directories) {
    const seen = await see(lake, directory);
    if (seen !== undefined) published.set(directory, seen);
  }
  return { published, contents };
}

/** Every object of a store by its SHA-256. */
export async function readHashes(store: ObjectStore): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for await (const { key } of store.list('')) found.set(key, sha256((await store.get(key)).bytes));
  return found;
}

/** A partition as a dataset, for readers. */
export function partitionAt(store: ObjectStore, directory: string): PublishedDataset<Meta> {
  return {
    ...{ store, directory, dataName: DATA, manifestName: 'meta.json', manifestSchema: metaSchema },
    place: ({ data, generation, sha256: hash, size_bytes: sizeBytes, etag, content: { multiset } }) => ({
      ...{ data, generation, sha256: hash, sizeBytes, etag, multiset },
    }),
  };
}

/** What a reader finds, proved by its bytes; `undefined` when nothing is published. */
async function see(lake: ObjectStore, directory: string): Promise<Seen | undefined> {
  try {
    const found = await readPublished(partitionAt(lake, directory));
    if (found === undefined) return undefined;
    const { sha256: promised, row_count: rowCount, generation } = found.manifest;
    const bytes = await found.data.read(0, found.data.size);
    return { sha256: sha256(bytes) === promised ? promised : 'torn', rowCount, generation };
  } catch (failure) {
    if (!isLakeError(failure, 'corrupt') || failure.code !== 'DATA_MISMATCH') throw failure;
    return { sha256: 'lost', rowCount: 0, generation: 0 };
  }
}

function timeless(key: string, bytes: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return JSON.stringify(JSON.parse(text)).replaceAll(/"(etag|updated_at)":"[^"]*"/g, '"$1":"…"');
  } catch (cause) {
    throw new Error(`${key} is not whole`, { cause });
  }
}

/** As lower-case hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
