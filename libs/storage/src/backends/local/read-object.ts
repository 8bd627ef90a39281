import { LakeError } from '@ticklake/core';
import { dirname } from 'node:path';
import { rangeError } from '../../disk-file.js';
import { errnoOf } from '../../errno.js';
import type { FileStat } from '../../file-system.js';
import type { ObjectMeta, ObjectSource } from '../../object-store.js';
import { statOf } from './put-object.js';
import { etagOf, metaOf, pathOf, type Volume } from './volume.js';

/** What stands at `key`; a directory is not an object. */
export async function headObject(volume: Volume, key: string): Promise<ObjectMeta | undefined> {
  if (!(await volume.directories.exists(dirname(pathOf(volume, key))))) return undefined;
  const stat = await statOf(volume, key);
  return stat === undefined || stat.kind === 'directory' ? undefined : metaOf(key, stat);
}

/** The whole object: one open, fstat, read and close. The descriptor holds one version whatever happens to the key. */
export async function getObject(
  volume: Volume,
  key: string,
  into: Uint8Array | undefined,
): Promise<{ readonly meta: ObjectMeta; readonly bytes: Uint8Array }> {
  const path = pathOf(volume, key);
  const wait = waitForDirectory(volume, path, key);
  if (wait !== undefined) await wait;
  const { stat, bytes } = await volume.fileSystem.readFile(path, into);
  requireFile(key, stat);
  if (bytes === undefined) throw replaced(key);
  return { meta: metaOf(key, stat), bytes };
}

/**
 * Pins a version by its etag with one lstat, and opens the file for each read (open, fstat, read, close): thousands of
 * sources cost no descriptors, and a replaced object is noticed.
 */
export async function openObject(volume: Volume, key: string): Promise<ObjectSource> {
  const meta = await headObject(volume, key);
  if (meta === undefined) throw missing(key);
  const path = pathOf(volume, key);
  return {
    meta,
    size: meta.size,
    async read(offset, length, into) {
      const outside = rangeError({ offset, length, size: meta.size }, { key });
      if (outside !== undefined) throw outside;
      const wait = waitForDirectory(volume, path, key);
      if (wait !== undefined) await wait;
      const { stat, bytes } = await volume.fileSystem
        .readFile(path, into, { offset, length })
        .catch((error: unknown) => {
          throw errnoOf(error) === 'ENOENT' ? replaced(key) : error;
        });
      requireFile(key, stat);
      if (bytes === undefined || etagOf(stat) !== meta.etag) throw replaced(key);
      return bytes;
    },
  };
}

/** Nothing to wait for where the directory was looked up before. @throws LakeError `missing` when there is none. */
function waitForDirectory({ directories }: Volume, path: string, key: string): Promise<void> | undefined {
  if (directories.isAround(path)) return undefined;
  return directories.exists(dirname(path)).then((exists) => {
    if (!exists) throw missing(key);
  });
}

function requireFile(key: string, stat: FileStat): void {
  if (stat.kind === 'directory') throw missing(key);
  if (stat.kind !== 'file') throw notAnObject(key, stat);
}

function missing(key: string): LakeError {
  return new LakeError('missing', 'nothing is there', { details: { key } });
}

function replaced(key: string): LakeError {
  return new LakeError('conflict', 'the object was replaced while it was read', { details: { key } });
}

function notAnObject(key: string, { kind }: FileStat): LakeError {
  return new LakeError('corrupt', 'what stands at the key is not a regular file', {
    code: 'NAME',
    details: { key, kind },
  });
}
