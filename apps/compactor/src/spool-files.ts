import { createHash } from 'node:crypto';
import { createArenaBuffer, type Arena } from '@ticklake/columnar';
import { bytesSource, sha256Of, type ByteSource } from '@ticklake/core';
import { openParquet, type ParquetReader, type ReaderTools } from '@ticklake/parquet';
import type { ObjectMeta, ObjectStore } from '@ticklake/storage';
import { SPOOL_LIMITS } from './limits.js';
import { sourceChanged } from './spool-file.js';

/** The spool files of one partition, each used twice: when it is inspected, and when it is merged. */
export interface SpoolFiles {
  /**
   * Opens `object` and lets `look` at it; the reader stays open for {@link SpoolFiles.open} where there is room.
   *
   * @throws LakeError as {@link SpoolFiles.open}; and whatever `look` throws.
   */
  inspect<T>(object: ObjectMeta, look: (file: SpoolFile) => Promise<T>): Promise<T>;
  /**
   * A reader of `object`, which the caller closes.
   *
   * @throws LakeError `conflict` when the object was replaced since it was listed, `missing` when it is gone, `corrupt`.
   */
  open(
    object: ObjectMeta,
    sizes: Pick<ReaderTools, 'windowBytes'> & { readonly wholeBytesMax: number },
  ): Promise<ParquetReader>;
  /** Closes what was kept and never asked for again. */
  dispose(): void;
}

/** An open spool file, as it is inspected. */
export interface SpoolFile {
  readonly reader: ParquetReader;
  readonly sha256: string;
}

/** How much {@link createSpoolFiles} holds. */
export interface SpoolFilesOptions {
  readonly arena: Arena;
  /** Of files that stay open between their two uses, as they are on disk. */
  readonly keptBytesMax: number;
  /** Files up to this size are inspected as a whole. */
  readonly wholeBytesMax: number;
}

/** Opening thousands of small files costs more than reading them, so as many as there is room for are opened once. */
export function createSpoolFiles(
  store: ObjectStore,
  { arena, keptBytesMax, wholeBytesMax }: SpoolFilesOptions,
): SpoolFiles {
  const kept = new Map<string, ParquetReader>();
  let room = keptBytesMax;
  let isDisposed = false;
  /** All bytes of a file in the arena, by one request. */
  const openWhole = async (object: ObjectMeta) => {
    const held = createArenaBuffer(arena);
    try {
      const at = held.room(Math.max(object.size, 1));
      const { meta, bytes } = await store.get(object.key, arena.bytes.subarray(at, at + object.size));
      if (meta.etag !== object.etag) throw sourceChanged(object.key);
      return { source: bytesSource(bytes), onClose: () => held.release() };
    } catch (error) {
      held.release();
      throw error;
    }
  };
  const openPart = async (object: ObjectMeta): Promise<{ source: ByteSource; onClose: () => void }> => {
    const source = await store.open(object.key);
    if (source.meta.etag !== object.etag) throw sourceChanged(object.key);
    return { source, onClose: () => undefined };
  };
  return {
    async inspect(object, look) {
      const isWhole = object.size <= wholeBytesMax;
      const opened = await (isWhole ? openWhole(object) : openPart(object));
      let reader: ParquetReader | undefined;
      try {
        const sha256 = await sha256OfSource(opened.source);
        reader = await openParquet({ ...opened, arena, wholeBytesMax: 0 }, SPOOL_LIMITS);
        const seen = await look({ reader, sha256 });
        if (isWhole && object.size <= room && !isDisposed) {
          room -= object.size;
          kept.set(object.key, reader);
          reader = undefined;
        }
        return seen;
      } catch (error) {
        if (reader === undefined) opened.onClose();
        throw error;
      } finally {
        reader?.close();
      }
    },
    async open(object, { wholeBytesMax: mergedWholeMax, windowBytes }) {
      const reader = kept.get(object.key);
      if (reader !== undefined) {
        kept.delete(object.key);
        room += object.size;
        return reader;
      }
      const opened = await (object.size <= mergedWholeMax ? openWhole(object) : openPart(object));
      return openParquet(
        { ...opened, arena, wholeBytesMax: 0, ...(windowBytes && { windowBytes }) },
        SPOOL_LIMITS,
      );
    },
    dispose() {
      isDisposed = true;
      for (const reader of kept.values()) reader.close();
      kept.clear();
    },
  };
}

/** Without waiting where the bytes are at hand. */
async function sha256OfSource(source: ByteSource): Promise<string> {
  if (source.bytes === undefined) return sha256Of(source);
  return createHash('sha256').update(source.bytes).digest('hex');
}
