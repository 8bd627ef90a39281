import { LakeError, systemClock } from '@ticklake/core';
import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { errnoOf } from '../../errno.js';
import type { FileSystem } from '../../file-system.js';
import { formatOwner, parseOwner, randomToken } from '../../owner.js';

/** How long to wait for a lock that is held; holders need milliseconds. */
const WAIT_MAX_MS = 30_000;
/** A lock whose owner cannot be looked up (another boot, container or host) counts as left behind at this age. */
const STALE_AGE_MS = 120_000;
/** A holder that was stopped this long must not go on: somebody may have taken the lock as stale. */
const HOLD_MAX_MS = 60_000;
const PAUSE_MIN_MS = 1;
const PAUSE_MAX_MS = 32;

const LOCK_START = '.lock-';
const DIGEST_LENGTH = 16;

/** Told to the work under a lock. */
export interface HeldLock {
  /** @throws LakeError `unavailable` when the lock was held so long that it may have been taken as stale. */
  assertHeld(): void;
}

/**
 * Runs `work` while no other process, thread or task runs work under the lock of `path`.
 *
 * A lock is a symbolic link `.lock-<digest of the name>` beside the file, whose target names its owner: made with its
 * content in one system call, so a crash leaves either no lock or one that says whose it was. A lock of a dead owner is
 * removed by whoever first makes the tombstone that carries its token. That one removes exactly the lock it judged,
 * and never one that took its place meanwhile.
 *
 * @throws LakeError `unavailable` (`LOCKED`) when a living owner keeps the lock too long.
 */
export async function underLock<T>(
  fileSystem: FileSystem,
  path: string,
  work: (lock: HeldLock) => Promise<T>,
): Promise<T> {
  const lockPath = lockPathOf(path);
  return inTurn(fileSystem, lockPath, async () => {
    const token = randomToken();
    await acquire(fileSystem, lockPath, token);
    const acquiredAtMs = performance.now();
    const assertHeld = () => {
      if (performance.now() - acquiredAtMs <= HOLD_MAX_MS) return;
      throw new LakeError('unavailable', 'the lock was held too long to be relied on', {
        code: 'LOCKED',
        details: { path: lockPath },
      });
    };
    try {
      return await work({ assertHeld });
    } finally {
      await release(fileSystem, lockPath, token);
    }
  });
}

/** Removes the lock or tombstone `name` in `directory` if its owner is dead, and tells whether it has gone. */
export async function removeLeftLock(
  fileSystem: FileSystem,
  directory: string,
  name: string,
): Promise<boolean> {
  const lockPath = join(directory, name.slice(0, LOCK_START.length + DIGEST_LENGTH));
  return inTurn(fileSystem, lockPath, () => removeStale(fileSystem, lockPath, join(directory, name)));
}

/** Whether {@link removeLeftLock} would remove it; nothing is changed. */
export async function isLeftLock(fileSystem: FileSystem, directory: string, name: string): Promise<boolean> {
  const path = join(directory, name);
  const target = await readLink(fileSystem, path);
  return target !== undefined && (await isStale(fileSystem, path, target));
}

/** Whether a file of this name is a lock or a tombstone. */
export function isLockName(name: string): boolean {
  return name.startsWith(LOCK_START) && name.length >= LOCK_START.length + DIGEST_LENGTH;
}

/** Where the lock of `path` lies. Hashed, so that it is short whatever the name is. */
export function lockPathOf(path: string): string {
  const digest = createHash('sha256').update(basename(path)).digest('hex').slice(0, DIGEST_LENGTH);
  return join(dirname(path), LOCK_START + digest);
}

/** Tasks of one process queue up here; the lock file is only for others. */
const turns = new WeakMap<FileSystem, Map<string, Promise<unknown>>>();

async function inTurn<T>(fileSystem: FileSystem, name: string, work: () => Promise<T>): Promise<T> {
  const queue = turns.get(fileSystem) ?? new Map<string, Promise<unknown>>();
  turns.set(fileSystem, queue);
  const before = queue.get(name) ?? Promise.resolve();
  const mine = before.then(work, work);
  queue.set(name, mine);
  try {
    return await mine;
  } finally {
    if (queue.get(name) === mine) queue.delete(name);
  }
}

async function acquire(fileSystem: FileSystem, lockPath: string, token: string): Promise<void> {
  const target = formatOwner(fileSystem.owner, token);
  const startedAtMs = performance.now();
  for (let pauseMs = PAUSE_MIN_MS; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MAX_MS)) {
    if (await makeLink(fileSystem, target, lockPath)) return;
    if (await removeStale(fileSystem, lockPath)) continue;
    if (performance.now() - startedAtMs > WAIT_MAX_MS) {
      throw new LakeError('unavailable', 'another process keeps the lock of this object', {
        code: 'LOCKED',
        details: { path: lockPath, owner: (await readLink(fileSystem, lockPath)) ?? 'none' },
      });
    }
    await systemClock.sleep(pauseMs);
  }
}

/**
 * The lock is ours, so its removal needs no care. A failure is not the failure of the work: the lock that stays names
 * us and is recognised as left over by our next turn, or by others once this process is gone.
 */
async function release(fileSystem: FileSystem, lockPath: string, token: string): Promise<void> {
  try {
    const target = await readLink(fileSystem, lockPath);
    if (target === formatOwner(fileSystem.owner, token)) await fileSystem.unlink(lockPath);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
  }
}

/**
 * Whether the link at `path` has gone, perhaps by our hand, so that another try is worth while at once. `path` is a
 * lock, or the tombstone of one whose maker died in turn: the rule is the same.
 */
async function removeStale(fileSystem: FileSystem, lockPath: string, path = lockPath): Promise<boolean> {
  const target = await readLink(fileSystem, path);
  if (target === undefined) return true;
  if (!(await isStale(fileSystem, path, target))) return false;
  const tombstone = `${lockPath}-${parseOwner(target)?.token ?? 'unreadable'}`;
  const mine = formatOwner(fileSystem.owner, randomToken());
  if (!(await makeLink(fileSystem, mine, tombstone))) return removeStale(fileSystem, lockPath, tombstone);
  try {
    // Only the holder of its tombstone removes a dead link, so one that is still there cannot be replaced under us.
    if ((await readLink(fileSystem, path)) === target) await fileSystem.unlink(path);
  } finally {
    await fileSystem.unlink(tombstone);
  }
  return true;
}

async function isStale(fileSystem: FileSystem, path: string, target: string): Promise<boolean> {
  const owner = parseOwner(target)?.owner;
  const mine = fileSystem.owner;
  // Ours, though it is our turn: an earlier release failed.
  if (owner?.instance === mine.instance && owner.startTicks === mine.startTicks) return true;
  const alive = owner === undefined ? undefined : fileSystem.isAlive(owner);
  if (alive !== undefined) return !alive;
  try {
    const { modifiedNs } = await fileSystem.lstat(path);
    return systemClock.nowMs() - Number(modifiedNs / 1_000_000n) > STALE_AGE_MS;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

async function makeLink(fileSystem: FileSystem, target: string, path: string): Promise<boolean> {
  try {
    await fileSystem.symlink(target, path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function readLink(fileSystem: FileSystem, path: string): Promise<string | undefined> {
  try {
    return await fileSystem.readlink(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
