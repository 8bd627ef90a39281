import { bytesSource, type ByteSource } from '@ticklake/core';
import { sourceChanged, wholeBytesMaxOf } from '@ticklake/engine';
import type { ObjectMeta, ObjectStore } from '@ticklake/storage';

/**
 * The bytes of the very version of `object` that was listed; a small file comes in one request.
 *
 * @throws LakeError `conflict` when the object was replaced since, `missing` when it is gone.
 */
export async function openSpoolFile(store: ObjectStore, object: ObjectMeta): Promise<ByteSource> {
  if (object.size > wholeBytesMaxOf(store)) {
    const source = await store.open(object.key);
    if (source.meta.etag !== object.etag) throw sourceChanged(object.key);
    return source;
  }
  const { meta, bytes } = await store.get(object.key);
  if (meta.etag !== object.etag) throw sourceChanged(object.key);
  return bytesSource(bytes);
}
