import { bytesSource, compareUtf8, LakeError, systemClock, type Clock } from '@ticklake/core';
import { checkKey, checkPrefix } from '../../key.js';
import type { Children, ObjectMeta, ObjectStore, PutOptions } from '../../object-store.js';
import { bufferFor, isBytes } from '../../read-body.js';
import type { Backend } from '../backend.js';

/**
 * Objects in this process, gone with it. Keeps every promise of {@link ObjectStore} but durability; bodies are copied
 * in and out. `clock` stamps `modifiedAtMs`.
 */
export function memoryStore({ clock = systemClock }: { readonly clock?: Clock } = {}): ObjectStore {
  const objects = new Map<string, Stored>();
  let version = 0;

  const find = (key: string): Stored => {
    const stored = objects.get(checkKey(key));
    if (stored === undefined) throw new LakeError('missing', 'nothing is there', { details: { key } });
    return stored;
  };

  return {
    url: 'memory:',
    isLocal: true,
    head: async (key) => objects.get(checkKey(key))?.meta,
    get: async (key, into) => {
      const { meta, bytes } = find(key);
      return { meta, bytes: copied(bytes, into) };
    },
    open: async (key) => {
      const pinned = find(key);
      const source = bytesSource(pinned.bytes);
      return {
        meta: pinned.meta,
        size: source.size,
        async read(offset, length, into) {
          if (objects.get(key) !== pinned) {
            throw new LakeError('conflict', 'the object was replaced while it was read', {
              details: { key },
            });
          }
          const bytes = await source.read(offset, length);
          return copied(bytes, into);
        },
      };
    },
    put: async (key, body, options = {}) => {
      checkKey(key);
      // Of a Buffer, `slice` would be no copy.
      const bytes = new Uint8Array(isBytes(body) ? body : await body.read(0, body.size));
      // Nothing is awaited from here on: deciding and writing are one step.
      checkCondition(key, objects.get(key)?.meta, options.onlyIf);
      const meta = { key, size: bytes.length, etag: `${++version}`, modifiedAtMs: clock.nowMs() };
      objects.set(key, { meta, bytes });
      return meta;
    },
    delete: async (key) => void objects.delete(checkKey(key)),
    async *list(prefix) {
      for (const meta of below(objects, prefix)) if (objects.has(meta.key)) yield meta;
    },
    children: async (prefix) => oneLevel(below(objects, prefix), prefix),
  };
}

/** `memory:` and nothing behind it: a new, empty store. */
export const openMemoryStore: Backend = (url) => {
  if (url !== 'memory:') throw new LakeError('invalid', 'a memory store is written memory:', { code: 'URL' });
  return memoryStore();
};

/** A copy of `bytes`, in `into` where that is large enough. */
function copied(bytes: Uint8Array, into: Uint8Array | undefined): Uint8Array {
  const copy = bufferFor(bytes.length, into);
  copy.set(bytes);
  return copy;
}

interface Stored {
  readonly meta: ObjectMeta;
  readonly bytes: Uint8Array;
}

function checkCondition(key: string, current: ObjectMeta | undefined, onlyIf: PutOptions['onlyIf']): void {
  if (onlyIf === undefined) return;
  if (onlyIf === 'absent' ? current === undefined : current?.etag === onlyIf.etag) return;
  throw new LakeError('conflict', 'the object is not the version that was expected', { details: { key } });
}

function below(objects: ReadonlyMap<string, Stored>, prefix: string): ObjectMeta[] {
  checkPrefix(prefix);
  return [...objects.values()]
    .map(({ meta }) => meta)
    .filter(({ key }) => key.startsWith(prefix))
    .sort((a, b) => compareUtf8(a.key, b.key));
}

function oneLevel(metas: readonly ObjectMeta[], prefix: string): Children {
  const prefixes = new Set<string>();
  const objects: ObjectMeta[] = [];
  for (const meta of metas) {
    const slash = meta.key.indexOf('/', prefix.length);
    if (slash < 0) objects.push(meta);
    else prefixes.add(meta.key.slice(0, slash + 1));
  }
  return { prefixes: [...prefixes], objects };
}
