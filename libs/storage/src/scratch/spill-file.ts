import type { ByteSink } from '@ticklake/core';
import { diskError } from '../errno.js';
import { nodeFileSystem, type FileSystem } from '../file-system.js';
import { readScratch, writeScratch, type ReadableScratch } from './create-scratch-file.js';

/** Bytes on their way through this program: a scratch file that nobody publishes, so that it is neither hashed nor synced. */
export interface SpillFile extends ByteSink {
  /** Stop accepting writes. @throws LakeError `unavailable` when the disk fails; the file is good for nothing then. */
  seal(): Promise<SealedSpill>;
  /** Remove the file. Idempotent. */
  dispose(): Promise<void>;
}

/** A spill file that will not change any more. */
export type SealedSpill = ReadableScratch;

/** A new, empty spill file, as `createScratchFile` makes scratch files. @throws LakeError likewise. */
export function createSpillFile(
  directory: string,
  { fileSystem = nodeFileSystem }: { readonly fileSystem?: FileSystem } = {},
): Promise<SpillFile> {
  return writeScratch(directory, fileSystem, {
    hear: () => undefined,
    end: async (file, path) => readScratch(file, path, await file.stat()),
  });
}

/**
 * A sealed spill or scratch file once more, such as by another thread, for as long as whoever made it keeps it.
 *
 * @throws LakeError `missing` where it is not there any more; `denied` or `unavailable` when the disk refuses.
 */
export async function openSpillFile(
  path: string,
  { fileSystem = nodeFileSystem }: { readonly fileSystem?: FileSystem } = {},
): Promise<SealedSpill> {
  try {
    const file = await fileSystem.open(path, 'read');
    return readScratch(file, path, await file.stat());
  } catch (error) {
    throw diskError(error, { path });
  }
}
