import type { Clock } from '@ticklake/core';
import { join, resolve } from 'node:path';
import { isLeftLock, isLockName, removeLeftLock } from '../backends/local/lock.js';
import { diskError, errnoOf } from '../errno.js';
import { nodeFileSystem, type FileSystem } from '../file-system.js';
import { ownerOfTemporary } from '../owner.js';

/** What {@link sweepScratch} may remove. */
export interface SweepOptions {
  /** Leftovers whose owner cannot be looked up (made before a reboot, in another container) go once this old. */
  readonly ageMinMs: number;
  readonly clock: Clock;
  /** Whether directories below are swept too, as for the root of a local store. */
  readonly recursive: boolean;
  /** Only tells what would be removed. */
  readonly dryRun?: boolean;
  readonly fileSystem?: FileSystem;
}

/**
 * Removes the temporaries and locks in `directory` that dead processes left behind, and returns their paths. Those of
 * living processes, and files that are not ours, are never touched. A missing directory has none.
 *
 * @throws LakeError `denied` or `unavailable` when the disk refuses.
 */
export async function sweepScratch(directory: string, options: SweepOptions): Promise<readonly string[]> {
  const { fileSystem = nodeFileSystem, dryRun = false } = options;
  const isLockLeft = dryRun ? isLeftLock : removeLeftLock;
  const removed: string[] = [];
  const pending = [resolve(directory)];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    try {
      for (const { name, kind } of await fileSystem.readdir(at)) {
        const path = join(at, name);
        if (kind === 'directory' && options.recursive) pending.push(path);
        else if (isLockName(name)) {
          if (await isLockLeft(fileSystem, at, name)) removed.push(path);
        } else if (await isLeftover(fileSystem, path, name, options)) {
          if (!dryRun) await fileSystem.unlink(path);
          removed.push(path);
        }
      }
    } catch (error) {
      // Somebody else swept first, or the directory never was.
      if (errnoOf(error) !== 'ENOENT') throw diskError(error, { path: at });
    }
  }
  return removed;
}

async function isLeftover(
  fileSystem: FileSystem,
  path: string,
  name: string,
  { ageMinMs, clock }: SweepOptions,
): Promise<boolean> {
  const owner = ownerOfTemporary(name);
  if (owner === undefined) return false;
  const alive = fileSystem.isAlive(owner);
  if (alive !== undefined) return !alive;
  const { modifiedNs } = await fileSystem.lstat(path);
  return clock.nowMs() - Number(modifiedNs / 1_000_000n) >= ageMinMs;
}
