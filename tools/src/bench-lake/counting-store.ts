import type { ObjectSource, ObjectStore } from '@ticklake/storage';

/** What was asked of a store. */
export interface StoreRequests {
  lists: number;
  /** Names that listings gave. */
  names: number;
  /** Whole objects. */
  gets: number;
  /** Objects pinned to a version, or looked at without their bytes. */
  heads: number;
  /** Ranges. */
  reads: number;
  /** Of whole objects and of ranges. */
  bytes: number;
}

/** Nothing asked yet. */
export function noRequests(): StoreRequests {
  return { lists: 0, names: 0, gets: 0, heads: 0, reads: 0, bytes: 0 };
}

/** A store that counts what is read of it in `requests`. */
export function countingStore(store: ObjectStore, requests: StoreRequests): ObjectStore {
  return {
    url: store.url,
    isLocal: store.isLocal,
    head(key) {
      requests.heads++;
      return store.head(key);
    },
    async get(key, into) {
      requests.gets++;
      const got = await store.get(key, into);
      requests.bytes += got.bytes.length;
      return got;
    },
    async open(key) {
      requests.heads++;
      return countingSource(await store.open(key), requests);
    },
    put: (...args) => store.put(...args),
    delete: (key) => store.delete(key),
    async *list(prefix) {
      requests.lists++;
      for await (const meta of store.list(prefix)) {
        requests.names++;
        yield meta;
      }
    },
    async children(prefix) {
      requests.lists++;
      const children = await store.children(prefix);
      requests.names += children.prefixes.length + children.objects.length;
      return children;
    },
  };
}

function countingSource(source: ObjectSource, requests: StoreRequests): ObjectSource {
  return {
    meta: source.meta,
    size: source.size,
    async read(...range) {
      requests.reads++;
      const bytes = await source.read(...range);
      requests.bytes += bytes.length;
      return bytes;
    },
  };
}
