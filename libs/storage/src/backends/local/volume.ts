import type { FileStat, FileSystem } from '../../file-system.js';
import type { ObjectMeta } from '../../object-store.js';
import type { Directories } from './directories.js';

/** What every operation of a local store works on. */
export interface Volume {
  readonly fileSystem: FileSystem;
  /** Absolute path; keys are paths below it. */
  readonly root: string;
  readonly directories: Directories;
}

/** Where the object `key` lies. `key` has been checked, so this stays below the root, and there is nothing in it to resolve. */
export function pathOf({ root }: Volume, key: string): string {
  return root.endsWith('/') ? root + key : `${root}/${key}`;
}

/**
 * The version of a file: inode, modification time in nanoseconds, size. Puts keep it honest: a version that replaces
 * another is always made younger than it (see put-object.ts), and a delete waits out the tick of the clock, so an inode
 * that is used again never comes back with an etag that was seen before.
 */
export function etagOf({ inode, modifiedNs, size }: FileStat): string {
  return `${inode.toString(36)}-${modifiedNs.toString(36)}-${size.toString(36)}`;
}

/** `stat` as the store tells it. */
export function metaOf(key: string, stat: FileStat): ObjectMeta {
  return {
    key,
    size: stat.size,
    etag: etagOf(stat),
    modifiedAtMs: Number(stat.modifiedNs / 1_000_000n),
  };
}
