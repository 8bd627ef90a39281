import type { ByteSource } from '@ticklake/core';

/** One version of one object, without its bytes. */
export interface ObjectMeta {
  /** Segments joined by `/`; see {@link checkKey} for what a key may hold. */
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Opaque version of the content; compare for equality only. A change of content always changes it. */
  readonly etag: string;
  /** Milliseconds since 1970, by the clock of the store. For people and for sweeping: nothing is decided by it. */
  readonly modifiedAtMs: number;
}

/** What {@link ObjectStore.head} tells. */
export interface ObjectHead extends ObjectMeta {
  /** Names the put that made this version; absent where a store keeps none, or something else put it. */
  readonly opId?: string | undefined;
}

/** One level of a listing, both parts in byte order. */
export interface Children {
  /** Full sub-prefixes, each ending in `/` and holding at least one object. */
  readonly prefixes: readonly string[];
  readonly objects: readonly ObjectMeta[];
}

/** How {@link ObjectStore.put} decides, and what it tells the store beside the bytes. */
export interface PutOptions {
  /** Write only if nothing is there (`'absent'`), or only if it is still this version. */
  readonly onlyIf?: 'absent' | { readonly etag: string };
  /** Media type, for stores that keep one. */
  readonly contentType?: string;
}

/**
 * Bytes of one object version: reads fail with `conflict` if the object is replaced or deleted meanwhile.
 * Holds nothing open, so thousands of sources cost no file descriptors or connections.
 */
export interface ObjectSource extends ByteSource {
  readonly meta: ObjectMeta;
}

/**
 * Objects by key (spec row LB-02). Every operation is atomic: a reader sees all of a put, or none of it,
 * and a put that has returned survives a crash. Keys and prefixes that {@link checkKey} refuses fail `invalid`;
 * refusals of the store fail `denied`; whatever may work later fails `unavailable`.
 */
export interface ObjectStore {
  /** e.g. `s3://bucket/prefix`; for messages and manifests. Holds no secrets. */
  readonly url: string;
  /** Whether objects are on this machine: reading one again then costs less than memory to keep it in. */
  readonly isLocal: boolean;
  /** What stands at `key`; `undefined` when nothing does. */
  head(key: string): Promise<ObjectHead | undefined>;
  /**
   * The whole object, and exactly the version that `meta` names. As with {@link ByteSource.read}, `into` is memory to put it in, where
   * that is large enough.
   *
   * @throws LakeError `missing` when nothing is there.
   */
  get(key: string, into?: Uint8Array): Promise<{ readonly meta: ObjectMeta; readonly bytes: Uint8Array }>;
  /**
   * Pins the version that stands at `key` now, to be read in ranges.
   *
   * @throws LakeError `missing` when nothing is there.
   */
  open(key: string): Promise<ObjectSource>;
  /**
   * Writes the whole of `body` and returns what now stands at `key`. A `ByteSource` may be read more than once.
   *
   * @throws LakeError `conflict` when `onlyIf` does not hold; nothing has changed then.
   * @throws LakeError `unavailable` when the outcome may be unknown: read back before deciding.
   */
  put(key: string, body: Uint8Array | ByteSource, options?: PutOptions): Promise<ObjectMeta>;
  /** Deleting what is not there succeeds. */
  delete(key: string): Promise<void>;
  /** Everything below `prefix` (`''` or ending in `/`), in UTF-8 byte order of key. */
  list(prefix: string): AsyncIterable<ObjectMeta>;
  /** One level below `prefix` (`''` or ending in `/`). */
  children(prefix: string): Promise<Children>;
}
