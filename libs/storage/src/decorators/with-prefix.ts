import { checkKey, checkPrefix } from '../key.js';
import type { ObjectMeta, ObjectStore } from '../object-store.js';

/**
 * The part of `store` below `prefix` (ending in `/`) as a store of its own: keys are told without the prefix, and none
 * leads out of it.
 *
 * @throws LakeError `invalid` (`NAME`) when `prefix` is not a prefix.
 */
export function withPrefix(store: ObjectStore, prefix: string): ObjectStore {
  checkPrefix(prefix);
  const full = (key: string) => prefix + checkKey(key);
  const inner = <M extends ObjectMeta>(meta: M): M => ({ ...meta, key: meta.key.slice(prefix.length) });
  return {
    url: prefix === '' ? store.url : `${store.url.replace(/\/$/, '')}/${prefix.slice(0, -1)}`,
    isLocal: store.isLocal,
    head: async (key) => {
      const meta = await store.head(full(key));
      return meta === undefined ? undefined : inner(meta);
    },
    get: async (key, into) => {
      const { meta, bytes } = await store.get(full(key), into);
      return { meta: inner(meta), bytes };
    },
    open: async (key) => {
      const source = await store.open(full(key));
      return {
        meta: inner(source.meta),
        size: source.size,
        read: (...range) => source.read(...range),
      };
    },
    put: async (key, body, options) => inner(await store.put(full(key), body, options)),
    delete: async (key) => store.delete(full(key)),
    async *list(below) {
      for await (const meta of store.list(prefix + checkPrefix(below))) yield inner(meta);
    },
    children: async (below) => {
      const { prefixes, objects } = await store.children(prefix + checkPrefix(below));
      return { prefixes: prefixes.map((name) => name.slice(prefix.length)), objects: objects.map(inner) };
    },
  };
}
