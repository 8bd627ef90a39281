import type { ByteSource } from '@ticklake/core';
import { join } from 'node:path';
import { writeFully } from '../../disk-file.js';
import type { FileStat, FileSystem, OpenFile } from '../../file-system.js';
import { temporaryName } from '../../owner.js';
import { piecesOf } from '../../read-body.js';

/** A complete, synced file that has no key yet. */
export interface Temporary {
  readonly path: string;
  readonly stat: FileStat;
  /** This file with a modification time after `modifiedNs`, durably. */
  madeYoungerThan(modifiedNs: bigint): Promise<Temporary>;
  /** Closes it and removes its name. Failures are ignored: a sweep finds what stays. */
  discard(): Promise<void>;
}

const PIECE_BYTES = 1 << 20;

/**
 * Writes `body` to a new file in `directory` and syncs it. When the sync fails the file is thrown away and built once
 * more from the body: after a failed fsync the system may have dropped the bytes and report success next time.
 */
export async function writeTemporary(
  fileSystem: FileSystem,
  directory: string,
  body: Uint8Array | ByteSource,
): Promise<Temporary> {
  try {
    return await writeOnce(fileSystem, directory, body);
  } catch (error) {
    if (!(error instanceof SyncFailure)) throw error;
  }
  try {
    return await writeOnce(fileSystem, directory, body);
  } catch (error) {
    throw error instanceof SyncFailure ? error.cause : error;
  }
}

/** Marks the one failure that is worth building the file again for. */
class SyncFailure extends Error {}

async function writeOnce(
  fileSystem: FileSystem,
  directory: string,
  body: Uint8Array | ByteSource,
): Promise<Temporary> {
  const path = join(directory, temporaryName(fileSystem.owner, 'put'));
  const file = await fileSystem.open(path, 'create');
  try {
    let position = 0;
    for await (const piece of piecesOf(body, PIECE_BYTES)) {
      await writeFully(file, piece, position);
      position += piece.length;
    }
    await syncOrMark(file);
    return temporary(fileSystem, path, file, await file.stat());
  } catch (error) {
    await discard(fileSystem, path, file);
    throw error;
  }
}

async function syncOrMark(file: OpenFile): Promise<void> {
  try {
    await file.sync();
  } catch (cause) {
    throw new SyncFailure('fsync failed', { cause });
  }
}

function temporary(fileSystem: FileSystem, path: string, file: OpenFile, stat: FileStat): Temporary {
  return {
    path,
    stat,
    async madeYoungerThan(modifiedNs) {
      let now = stat;
      // Set through a float of seconds, so the step is a microsecond and may need repeating.
      for (let target = modifiedNs + 1000n; now.modifiedNs <= modifiedNs; target += 1000n) {
        await file.setModifiedNs(target);
        now = await file.stat();
      }
      await file.sync();
      return temporary(fileSystem, path, file, now);
    },
    discard: () => discard(fileSystem, path, file),
  };
}

/** Best effort, as its caller has an outcome already: what stays is swept by its name. */
async function discard(fileSystem: FileSystem, path: string, file: OpenFile): Promise<void> {
  await file.close().catch(() => undefined);
  await fileSystem.unlink(path).catch(() => undefined);
}
