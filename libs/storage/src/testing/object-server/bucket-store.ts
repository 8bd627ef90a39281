import { createHash } from 'node:crypto';
import { compareUtf8, type Clock } from '@ticklake/core';
import type { Checksum } from './checksums.js';

/** Where an object stands. */
export interface ObjectName {
  readonly bucket: string;
  readonly key: string;
}

/** What is to be committed. */
export interface Draft {
  readonly bytes: Buffer;
  /** What users attached. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly contentType: string;
  /** Without quotes; the MD5 in hex when left out. */
  readonly etag?: string;
  /** The checksum that came with the content and that it fulfilled. */
  readonly checksum?: Checksum | undefined;
}

/** One committed version of one object. */
export interface Version extends Draft {
  readonly etag: string;
  readonly md5: Buffer;
  /** Never given twice by one store, whatever the key. */
  readonly generation: number;
  /** Milliseconds since 1970. */
  readonly modifiedAtMs: number;
}

/** Buckets of objects. Only the newest version of an object can be read; the older ones are for oracles. */
export interface BucketStore {
  hasBucket(bucket: string): boolean;
  addBucket(bucket: string): void;
  live(name: ObjectName): Version | undefined;
  /** All versions ever committed, oldest first. */
  history(name: ObjectName): readonly Version[];
  /** Live objects in UTF-8 byte order of key. The bucket must be there. */
  objects(bucket: string): readonly (readonly [key: string, version: Version])[];
  /** Makes `draft` the live version. The bucket must be there. */
  commit(name: ObjectName, draft: Draft): Version;
  /** Removing what is not there does nothing. */
  remove(name: ObjectName): void;
  /** Empties all buckets. */
  reset(): void;
}

interface Bucket {
  readonly live: Map<string, Version>;
  readonly history: Map<string, Version[]>;
}

/** As large as the real ones, which are microseconds: too large for 32 bits, exact in a double. */
const FIRST_GENERATION = 1_700_000_000_000_000;

/** A store of empty `buckets`. */
export function bucketStore(clock: Clock, buckets: readonly string[]): BucketStore {
  const all = new Map<string, Bucket>(buckets.map((bucket) => [bucket, emptyBucket()]));
  let generation = FIRST_GENERATION;
  return {
    hasBucket: (bucket) => all.has(bucket),
    addBucket: (bucket) => void all.set(bucket, all.get(bucket) ?? emptyBucket()),
    live: ({ bucket, key }) => all.get(bucket)?.live.get(key),
    history: ({ bucket, key }) => [...(all.get(bucket)?.history.get(key) ?? [])],
    objects: (bucket) => [...(all.get(bucket)?.live ?? [])].sort(([a], [b]) => compareUtf8(a, b)),
    commit: ({ bucket, key }, draft) => {
      const within = all.get(bucket);
      if (within === undefined) throw new Error(`no such bucket: ${bucket}`);
      const md5 = createHash('md5').update(draft.bytes).digest();
      const etag = draft.etag ?? md5.toString('hex');
      generation += 1;
      const version: Version = { ...draft, etag, md5, generation, modifiedAtMs: clock.nowMs() };
      within.live.set(key, version);
      within.history.set(key, [...(within.history.get(key) ?? []), version]);
      return version;
    },
    remove: ({ bucket, key }) => void all.get(bucket)?.live.delete(key),
    reset: () => {
      for (const { live, history } of all.values()) {
        live.clear();
        history.clear();
      }
    },
  };
}

function emptyBucket(): Bucket {
  return { live: new Map(), history: new Map() };
}
