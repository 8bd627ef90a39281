import { createHash } from 'node:crypto';
import { LakeError } from '@ticklake/core';
import type { ObjectMeta, ObjectStore } from '@ticklake/storage';

/**
 * `store` as the stores are whose versions are hashes of the content: when content comes back, so does its etag.
 * Only for stores that answer within one turn of the event loop, as memory does.
 */
export function contentEtags(store: ObjectStore): ObjectStore {
  const hashed = async (meta: ObjectMeta): Promise<ObjectMeta> => {
    const { bytes } = await store.get(meta.key);
    return { ...meta, etag: createHash('md5').update(bytes).digest('hex') };
  };
  const head = async (key: string) => {
    const meta = await store.head(key);
    return meta === undefined ? undefined : hashed(meta);
  };
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };
  return {
    ...store,
    head: (key) => inTurn(() => head(key)),
    get: (key) =>
      inTurn(async () => {
        const found = await store.get(key);
        return { ...found, meta: await hashed(found.meta) };
      }),
    open: (key) =>
      inTurn(async () => {
        const source = await store.open(key);
        const meta = await hashed(source.meta);
        const { bytes } = await store.get(key);
        return {
          ...source,
          meta,
          read: async (offset: number, length: number) => {
            if ((await inTurn(() => head(key)))?.etag !== meta.etag) {
              throw new LakeError('conflict', 'the object was replaced while it was read');
            }
            return bytes.subarray(offset, offset + length);
          },
        };
      }),
    put: async (key, body, options = {}) => {
      const bytes = body instanceof Uint8Array ? body : await body.read(0, body.size);
      return inTurn(async () => {
        const { onlyIf, ...rest } = options;
        if (typeof onlyIf === 'object' && (await head(key))?.etag !== onlyIf.etag) {
          throw new LakeError('conflict', 'the object is not the version that was expected');
        }
        return hashed(await store.put(key, bytes, onlyIf === 'absent' ? { ...rest, onlyIf } : rest));
      });
    },
  };
}
