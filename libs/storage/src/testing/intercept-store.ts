import type { ObjectMeta, ObjectStore } from '../object-store.js';

/** One call on a store, or one read of a source opened from it. */
export interface StoreOperation {
  readonly name: 'head' | 'get' | 'open' | 'read' | 'put' | 'delete' | 'list' | 'children';
  /** The key, or the prefix of a listing. */
  readonly key: string;
}

/** `store` with `around` deciding how each operation runs. Starting a listing is one operation, its steps are none. */
export function interceptStore(
  store: ObjectStore,
  around: <T>(operation: StoreOperation, work: () => Promise<T>) => Promise<T>,
): ObjectStore {
  return {
    url: store.url,
    isLocal: store.isLocal,
    head: (key) => around({ name: 'head', key }, () => store.head(key)),
    get: (key, into) => around({ name: 'get', key }, () => store.get(key, into)),
    open: async (key) => {
      const { meta, size, read } = await around({ name: 'open', key }, () => store.open(key));
      return {
        meta,
        size,
        read: (...range) => around({ name: 'read', key }, () => read(...range)),
      };
    },
    put: (key, body, options) => around({ name: 'put', key }, () => store.put(key, body, options)),
    delete: (key) => around({ name: 'delete', key }, () => store.delete(key)),
    list: (prefix) => interceptedList(store, prefix, around),
    children: (prefix) => around({ name: 'children', key: prefix }, () => store.children(prefix)),
  };
}

async function* interceptedList(
  store: ObjectStore,
  prefix: string,
  around: <T>(operation: StoreOperation, work: () => Promise<T>) => Promise<T>,
): AsyncGenerator<ObjectMeta, void, undefined> {
  const listing = store.list(prefix)[Symbol.asyncIterator]();
  try {
    let step = await around({ name: 'list', key: prefix }, () => listing.next());
    for (; step.done !== true; step = await listing.next()) yield step.value;
  } finally {
    await listing.return?.();
  }
}
