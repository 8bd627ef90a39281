import { LakeError } from '@ticklake/core';
import { dirname } from 'node:path';
import { syncDirectory } from '../../disk-file.js';
import { errnoOf } from '../../errno.js';
import type { FileStat, FileSystem } from '../../file-system.js';

/** The directories between the root of a local store and its objects. */
export interface Directories {
  /**
   * Whether `directory` (the root or below it) exists as real directories all the way. Looked up once per store.
   *
   * @throws LakeError `invalid` (`NAME`) when a symbolic link is on the way: it may lead out of the root.
   */
  exists(directory: string): Promise<boolean>;
  /** Whether {@link Directories.exists} is known to say so of the directory that `path` is in. */
  isAround(path: string): boolean;
  /**
   * Creates what is missing of `directory` and makes every name on the way survive a power cut, also those that
   * another process has created and perhaps not synced yet. Done once per store.
   *
   * @throws LakeError `invalid` (`NAME`) when a file or a symbolic link is on the way.
   */
  ensure(directory: string): Promise<void>;
  /** Forgets what was looked up, because a directory turned out to be gone. */
  forget(): void;
}

/** Remembered directories; past it the memory starts anew, so that years of partitions do not pile up. */
const REMEMBERED_MAX = 20_000;

/** Starts knowing nothing about the directories below `root`. */
export function createDirectories(fileSystem: FileSystem, root: string): Directories {
  const seen = new Set<string>();
  const durable = new Map<string, Promise<void>>();

  /** The last one that was known, with its slash: thousands of paths in a row have the same. */
  let last = '';

  const isKnown = (directory: string) => seen.has(directory) || directory === root;

  const isAround = (path: string): boolean => {
    if (last !== '' && path.startsWith(last) && !path.includes('/', last.length)) return true;
    const directory = dirname(path);
    if (!isKnown(directory)) return false;
    last = directory.endsWith('/') ? directory : `${directory}/`;
    return true;
  };

  const exists = async (directory: string): Promise<boolean> => {
    if (isKnown(directory)) return true;
    if (!(await exists(dirname(directory)))) return false;
    const stat = await statOf(fileSystem, directory);
    if (stat === undefined) return false;
    if (stat.kind === 'symlink') throw notADirectory(directory, stat);
    if (stat.kind !== 'directory') return false;
    if (seen.size >= REMEMBERED_MAX) seen.clear();
    seen.add(directory);
    return true;
  };

  const create = async (directory: string): Promise<void> => {
    if (directory === root) return createRoot(fileSystem, root);
    const parent = dirname(directory);
    await ensure(parent);
    await makeDirectory(fileSystem, directory);
    await syncDirectory(fileSystem, parent);
  };

  const ensure = (directory: string): Promise<void> => {
    const known = durable.get(directory);
    if (known !== undefined) return known;
    if (durable.size >= REMEMBERED_MAX) durable.clear();
    const creating = create(directory);
    durable.set(directory, creating);
    creating.catch(() => durable.delete(directory));
    return creating;
  };

  return {
    exists,
    isAround,
    ensure,
    forget() {
      last = '';
      seen.clear();
      durable.clear();
    },
  };
}

/** The root itself may be a symbolic link: where the operator points is where the store is. */
async function createRoot(fileSystem: FileSystem, root: string): Promise<void> {
  const missing: string[] = [];
  for (let at = root; (await statOf(fileSystem, at)) === undefined; at = dirname(at)) missing.unshift(at);
  for (const directory of missing) {
    await makeDirectory(fileSystem, directory);
    await syncDirectory(fileSystem, dirname(directory));
  }
  if (missing.length > 0) return;
  try {
    await syncDirectory(fileSystem, dirname(root));
  } catch (error) {
    // The directory above may be somebody else's; its entry for an existing root is then not ours to sync.
    if (errnoOf(error) === undefined) throw error;
  }
}

async function makeDirectory(fileSystem: FileSystem, directory: string): Promise<void> {
  try {
    await fileSystem.mkdir(directory);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    const stat = await statOf(fileSystem, directory);
    if (stat !== undefined && stat.kind !== 'directory') throw notADirectory(directory, stat);
  }
}

async function statOf(fileSystem: FileSystem, path: string): Promise<FileStat | undefined> {
  try {
    return await fileSystem.lstat(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

function notADirectory(path: string, { kind }: FileStat): LakeError {
  return new LakeError('invalid', 'something that is not a directory is on the way to the key', {
    code: 'NAME',
    details: { path, kind },
  });
}
