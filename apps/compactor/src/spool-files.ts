import type { ByteSource } from '@ticklake/core';
import type { ObjectMeta, ObjectStore } from '@ticklake/storage';
import { openSpoolFile } from './spool-file.js';
import { WHOLE_READ_BYTES } from './limits.js';

/** The spool files of one partition, each opened twice: to be inspected, and to be merged. */
export interface SpoolFiles {
  /** @throws LakeError as {@link openSpoolFile}. */
  openFirst(object: ObjectMeta): Promise<ByteSource>;
  /** Gives away what was kept since {@link SpoolFiles.openFirst}. @throws LakeError as {@link openSpoolFile}. */
  openAgain(object: ObjectMeta): Promise<ByteSource>;
}

/**
 * Small files are kept in memory between their two readings, as many as fit into `keptBytesMax`: where they are
 * thousands, opening them costs more than reading them.
 */
export function createSpoolFiles(
  store: ObjectStore,
  { keptBytesMax }: { readonly keptBytesMax: number },
): SpoolFiles {
  const kept = new Map<string, ByteSource>();
  let room = keptBytesMax;
  return {
    async openFirst(object) {
      const source = await openSpoolFile(store, object);
      if (source.size > Math.min(room, WHOLE_READ_BYTES)) return source;
      room -= source.size;
      kept.set(object.key, source);
      return source;
    },
    async openAgain(object) {
      const source = kept.get(object.key);
      if (source === undefined) return openSpoolFile(store, object);
      kept.delete(object.key);
      room += source.size;
      return source;
    },
  };
}
