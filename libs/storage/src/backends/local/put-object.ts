import { LakeError, systemClock, type ByteSource } from '@ticklake/core';
import { dirname } from 'node:path';
import { syncDirectory } from '../../disk-file.js';
import { errnoOf } from '../../errno.js';
import type { FileStat } from '../../file-system.js';
import type { ObjectMeta, PutOptions } from '../../object-store.js';
import { sealedFileOf } from '../../scratch/sealed-files.js';
import { underLock, type HeldLock } from './lock.js';
import { etagOf, metaOf, pathOf, type Volume } from './volume.js';
import { writeTemporary, type Temporary } from './write-temporary.js';

/** Coarse clocks of file systems tick every 1 to 10 ms. */
const TICK_MS = 10;

/**
 * The durable put: a synced temporary in the same directory gets its name in one step, by link(2), which never
 * replaces, when nothing was there, and otherwise by rename(2) under the lock of the key, where the version is compared; then
 * the directory is synced.
 */
export async function putObject(
  volume: Volume,
  key: string,
  body: Uint8Array | ByteSource,
  onlyIf: PutOptions['onlyIf'],
): Promise<ObjectMeta> {
  const directory = dirname(pathOf(volume, key));
  await volume.directories.ensure(directory);
  // Not the decision, only a cheap way to lose early: the bytes need not be written to learn that.
  if (onlyIf !== undefined) checkVersion(key, await statOf(volume, key), onlyIf);
  const stat =
    (onlyIf === 'absent' ? await adoptScratch(volume, key, body) : undefined) ??
    (await writeAndName(volume, key, body, onlyIf));
  await syncDirectory(volume.fileSystem, directory);
  return metaOf(key, stat);
}

/** Removes what stands at `key`, durably. A directory is not an object and stays. */
export async function deleteObject(volume: Volume, key: string): Promise<void> {
  const path = pathOf(volume, key);
  if (!(await volume.directories.exists(dirname(path)))) return;
  const before = await statOf(volume, key);
  if (before === undefined || before.kind === 'directory') return;
  await underLock(volume.fileSystem, path, async (lock) => {
    const stat = await statOf(volume, key);
    if (stat === undefined || stat.kind === 'directory') return;
    await waitOutTick(stat);
    lock.assertHeld();
    await volume.fileSystem.unlink(path);
    await syncDirectory(volume.fileSystem, dirname(path));
  });
}

/** What stands at `key`, not following a link; `undefined` when nothing does. */
export async function statOf(volume: Volume, key: string): Promise<FileStat | undefined> {
  try {
    return await volume.fileSystem.lstat(pathOf(volume, key));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Links a sealed scratch file to its key without copying; `undefined` when it cannot be linked. */
async function adoptScratch(
  volume: Volume,
  key: string,
  body: Uint8Array | ByteSource,
): Promise<FileStat | undefined> {
  const sealed = sealedFileOf(body);
  if (sealed === undefined) return undefined;
  try {
    const now = await volume.fileSystem.lstat(sealed.path);
    if (etagOf(now) !== etagOf(sealed.stat)) return undefined;
    await linkOrLose(volume, key, sealed.path, sealed.stat);
    return sealed.stat;
  } catch (error) {
    // Another device, a file system that links nothing, or already disposed of: the open descriptor can still be copied.
    if (['EXDEV', 'EPERM', 'EMLINK', 'ENOENT', 'ENOTSUP', 'EOPNOTSUPP'].includes(errnoOf(error) ?? ''))
      return undefined;
    throw error;
  }
}

async function writeAndName(
  volume: Volume,
  key: string,
  body: Uint8Array | ByteSource,
  onlyIf: PutOptions['onlyIf'],
): Promise<FileStat> {
  const temporary = await writeInDirectory(volume, key, body);
  try {
    if (onlyIf === 'absent') {
      await linkOrLose(volume, key, temporary.path, temporary.stat);
      return temporary.stat;
    }
    const path = pathOf(volume, key);
    return await underLock(volume.fileSystem, path, (lock) => replace(volume, key, temporary, onlyIf, lock));
  } finally {
    await temporary.discard();
  }
}

/** Somebody may have removed the directory since it was made; then it is made again, once. */
async function writeInDirectory(
  volume: Volume,
  key: string,
  body: Uint8Array | ByteSource,
): Promise<Temporary> {
  const directory = dirname(pathOf(volume, key));
  try {
    return await writeTemporary(volume.fileSystem, directory, body);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    volume.directories.forget();
    await volume.directories.ensure(directory);
    return writeTemporary(volume.fileSystem, directory, body);
  }
}

/**
 * Every version replaces one that is older by modification time. With that, and with deletes that wait out the tick, an
 * etag cannot come back when an inode is used again within one tick of the clock.
 */
async function replace(
  volume: Volume,
  key: string,
  temporary: Temporary,
  onlyIf: { readonly etag: string } | undefined,
  lock: HeldLock,
): Promise<FileStat> {
  const { fileSystem } = volume;
  for (;;) {
    const current = await statOf(volume, key);
    if (onlyIf !== undefined) checkVersion(key, current, onlyIf);
    lock.assertHeld();
    if (current !== undefined) {
      const younger =
        temporary.stat.modifiedNs > current.modifiedNs
          ? temporary
          : await temporary.madeYoungerThan(current.modifiedNs);
      await fileSystem.rename(temporary.path, pathOf(volume, key));
      return younger.stat;
    }
    try {
      await fileSystem.link(temporary.path, pathOf(volume, key));
      return temporary.stat;
    } catch (error) {
      // A put that needs no lock, because it asked for nothing to be there, was faster.
      if (errnoOf(error) !== 'EEXIST') throw error;
    }
  }
}

async function linkOrLose(volume: Volume, key: string, existing: string, stat: FileStat): Promise<void> {
  try {
    await volume.fileSystem.link(existing, pathOf(volume, key));
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    // A network file system may have lost its answer to a link that it made.
    const there = await statOf(volume, key);
    if (there === undefined || etagOf(there) !== etagOf(stat)) throw changed(key);
  }
}

function checkVersion(key: string, current: FileStat | undefined, onlyIf: PutOptions['onlyIf']): void {
  const holds =
    typeof onlyIf === 'object'
      ? current !== undefined && etagOf(current) === onlyIf.etag
      : current === undefined;
  if (!holds) throw changed(key);
}

function changed(key: string): LakeError {
  return new LakeError('conflict', 'the object is not the version that was expected', { details: { key } });
}

/** So that whatever is created after the delete is younger than what was deleted. A time in the future is not waited for. */
async function waitOutTick({ modifiedNs }: FileStat): Promise<void> {
  const waitMs = Number(modifiedNs / 1_000_000n) + TICK_MS - systemClock.nowMs();
  if (waitMs > 0 && waitMs <= 2 * TICK_MS) await systemClock.sleep(waitMs + 1);
}
