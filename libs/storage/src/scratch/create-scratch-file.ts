import { LakeError, toHex, writeBehind, type ByteSink, type ByteSource } from '@ticklake/core';
import { createHash } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { rangeError, readFully, writeFully } from '../disk-file.js';
import { diskError, errnoOf } from '../errno.js';
import { nodeFileSystem, type FileSystem, type FileStat, type OpenFile } from '../file-system.js';
import { temporaryName } from '../owner.js';
import { rememberSealed } from './sealed-files.js';

/** A scratch file that will not change any more: on disk, hashed, readable at random. */
export interface SealedScratch extends ByteSource {
  /** Absolute. */
  readonly path: string;
  /** Of all its bytes, lower-case hexadecimal. */
  readonly sha256: string;
  /** Frees the file descriptor; the file stays and reads fail from now on. Idempotent. */
  close(): Promise<void>;
}

/** A local file being written: hashed as it grows, readable once sealed. */
export interface ScratchFile extends ByteSink {
  /**
   * fsync and stop accepting writes. After a failure the file is good for nothing but {@link ScratchFile.dispose}:
   * a failed fsync may have dropped the bytes, so it is never asked again.
   *
   * @throws LakeError `unavailable` when the disk fails.
   */
  seal(): Promise<SealedScratch>;
  /** Remove the file; what a store has adopted of it stays with the store. Idempotent. */
  dispose(): Promise<void>;
}

/**
 * A new, empty scratch file in `directory`, which is created when missing. Its name is of the form
 * `.tmp-<pid>-<startTicks>-…-scratch`: never listed by a store, and found by {@link sweepScratch} if this process dies.
 *
 * @throws LakeError `denied` or `unavailable` when the disk refuses.
 */
export async function createScratchFile(
  directory: string,
  { fileSystem = nodeFileSystem }: { readonly fileSystem?: FileSystem } = {},
): Promise<ScratchFile> {
  const hash = createHash('sha256');
  return writeScratch(directory, fileSystem, {
    hear: (bytes) => void hash.update(bytes),
    async end(file, path) {
      await file.sync();
      const stat = await file.stat();
      const sealed: SealedScratch = { ...readScratch(file, path, stat), sha256: toHex(hash.digest()) };
      rememberSealed(sealed, { path, stat });
      return sealed;
    },
  });
}

/** A scratch file that can be read. */
export type ReadableScratch = Omit<SealedScratch, 'sha256'>;

/** What is done beside writing a scratch file. Internal. */
export interface ScratchKind<S extends ReadableScratch> {
  /** Bytes that are about to be written. */
  hear(bytes: Uint8Array): void;
  /** All bytes are written. */
  end(file: OpenFile, path: string): Promise<S>;
}

/** Written at once: a writer of pages does not pay a system call for each, nor wait for the disk. */
const PIECE_BYTES = 1 << 18;

/** A new scratch file of some kind. Internal. @throws LakeError as {@link createScratchFile}. */
export async function writeScratch<S extends ReadableScratch>(
  directory: string,
  fileSystem: FileSystem,
  kind: ScratchKind<S>,
) {
  const path = join(resolve(directory), temporaryName(fileSystem.owner, 'scratch'));
  try {
    await makeDirectories(fileSystem, dirname(path));
    return scratchFile({ fileSystem, path, kind }, await fileSystem.open(path, 'create'));
  } catch (error) {
    throw diskError(error, { path });
  }
}

interface ScratchParts<S extends ReadableScratch> {
  readonly fileSystem: FileSystem;
  readonly path: string;
  readonly kind: ScratchKind<S>;
}

function scratchFile<S extends ReadableScratch>(
  { fileSystem, path, kind }: ScratchParts<S>,
  file: OpenFile,
): ByteSink & { seal(): Promise<S>; dispose(): Promise<void> } {
  let size = 0;
  let state: 'writing' | 'broken' | 'sealed' | 'disposed' = 'writing';
  let close: () => Promise<void> = once(() => file.close());

  const toDisk: ByteSink = {
    async write(bytes) {
      await writeFully(file, bytes, size);
      size += bytes.length;
    },
  };
  const behind = writeBehind(toDisk, { pieceBytes: PIECE_BYTES });
  /** Runs one step of writing; a step that failed is never repeated, because nobody knows what it left. */
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    if (state !== 'writing') throw new Error(`assertion failed: a ${state} scratch file accepts no writes`);
    state = 'broken';
    try {
      const result = await work();
      state = 'writing';
      return result;
    } catch (error) {
      throw diskError(error, { path });
    }
  };

  return {
    write: (bytes) =>
      step(async () => {
        kind.hear(bytes);
        await behind.write(bytes);
      }),
    seal: async () => {
      const sealed = await step(async () => {
        await behind.flush();
        return kind.end(file, path);
      });
      state = 'sealed';
      close = () => sealed.close();
      return sealed;
    },
    dispose: async () => {
      if (state === 'disposed') return;
      state = 'disposed';
      await behind.settle();
      try {
        await close();
      } finally {
        await unlinkIfThere(fileSystem, path);
      }
    },
  };
}

/** An open scratch file that does not change any more. Internal. */
export function readScratch(file: OpenFile, path: string, { size }: FileStat): ReadableScratch {
  let closed = false;
  const close = once(() => file.close());
  return {
    path,
    size,
    async read(offset, length, into) {
      if (closed) throw new Error('assertion failed: a closed scratch file cannot be read');
      const outside = rangeError({ offset, length, size }, { path });
      if (outside !== undefined) throw outside;
      try {
        const bytes = await readFully(file, offset, length, into);
        if (bytes !== undefined) return bytes;
      } catch (error) {
        throw diskError(error, { path });
      }
      throw new LakeError('unavailable', 'a scratch file shrank after it was sealed', { details: { path } });
    },
    async close() {
      closed = true;
      await close();
    },
  };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= work());
}

async function unlinkIfThere(fileSystem: FileSystem, path: string): Promise<void> {
  try {
    await fileSystem.unlink(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw diskError(error, { path });
  }
}

/** Scratch directories need not survive a power cut, so nothing is synced here. */
async function makeDirectories(fileSystem: FileSystem, directory: string): Promise<void> {
  try {
    await fileSystem.mkdir(directory);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'EEXIST') return;
    if (errno !== 'ENOENT' || dirname(directory) === directory) throw error;
    await makeDirectories(fileSystem, dirname(directory));
    await makeDirectories(fileSystem, directory);
  }
}
