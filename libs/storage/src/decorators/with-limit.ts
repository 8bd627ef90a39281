import { createLimit, type Limit } from '../limit.js';
import type { ObjectMeta, ObjectStore } from '../object-store.js';

/**
 * At most `requestsMax` operations of `store` at once, reads of opened sources included; the others wait their turn, first come
 * first served. What a put reads from the same store to write it belongs to that put, so copying cannot wait for itself.
 * Each step of a listing is one operation.
 */
export function withLimit(store: ObjectStore, requestsMax: number): ObjectStore {
  const limited = createLimit(requestsMax);
  return {
    url: store.url,
    isLocal: store.isLocal,
    head: (key) => limited(() => store.head(key)),
    get: (...whole) => limited(() => store.get(...whole)),
    open: async (key) => {
      const source = await limited(() => store.open(key));
      return {
        meta: source.meta,
        size: source.size,
        read: (...range) => limited(() => source.read(...range)),
      };
    },
    put: (key, body, options) => limited(() => store.put(key, body, options)),
    delete: (key) => limited(() => store.delete(key)),
    list: (prefix) => limitedList(store, prefix, limited),
    children: (prefix) => limited(() => store.children(prefix)),
  };
}

async function* limitedList(
  store: ObjectStore,
  prefix: string,
  limited: Limit,
): AsyncGenerator<ObjectMeta, void, undefined> {
  const listing = store.list(prefix)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const step = await limited(() => listing.next());
      if (step.done === true) return;
      yield step.value;
    }
  } finally {
    await listing.return?.();
  }
}
