import { LakeError } from '@ticklake/core';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { diskError } from '../../errno.js';
import { nodeFileSystem, type FileSystem } from '../../file-system.js';
import { checkKey, checkPrefix } from '../../key.js';
import type { ObjectStore } from '../../object-store.js';
import type { Backend } from '../backend.js';
import { createDirectories } from './directories.js';
import { childrenOf, listObjects } from './list-objects.js';
import { deleteObject, putObject } from './put-object.js';
import { getObject, headObject, openObject } from './read-object.js';
import type { Volume } from './volume.js';

/** Collaborators of a local store. */
export interface LocalStoreOptions {
  /** The disk; a test passes one that fails. */
  readonly fileSystem?: FileSystem;
}

/**
 * Objects as files below the directory `root`, which is created by the first put. Any number of stores, threads and
 * processes may use one root at once. What is not a regular file is listed and fails to read: `corrupt` (`NAME`).
 */
export function localStore(
  root: string,
  { fileSystem = nodeFileSystem }: LocalStoreOptions = {},
): ObjectStore {
  const path = resolve(root);
  const volume: Volume = { fileSystem, root: path, directories: createDirectories(fileSystem, path) };

  const onKey = async <T>(key: string, work: (key: string) => Promise<T>): Promise<T> => {
    checkKey(key);
    try {
      return await work(key);
    } catch (error) {
      throw diskError(error, { key });
    }
  };

  return {
    url: pathToFileURL(path).href,
    isLocal: true,
    head: (key) => onKey(key, () => headObject(volume, key)),
    get: (key, into) => onKey(key, () => getObject(volume, key, into)),
    open: (key) =>
      onKey(key, async () => {
        const source = await openObject(volume, key);
        return { ...source, read: (...range) => onKey(key, () => source.read(...range)) };
      }),
    put: (key, body, options = {}) => onKey(key, () => putObject(volume, key, body, options.onlyIf)),
    delete: (key) => onKey(key, () => deleteObject(volume, key)),
    async *list(prefix) {
      try {
        yield* listObjects(volume, checkPrefix(prefix));
      } catch (error) {
        throw diskError(error, { prefix });
      }
    },
    children: async (prefix) => {
      try {
        return await childrenOf(volume, checkPrefix(prefix));
      } catch (error) {
        throw diskError(error, { prefix });
      }
    },
  };
}

/** `file:///path`, percent-decoded. */
export const openLocalStore: Backend = (url) => {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const plain = parsed !== undefined && parsed.host + parsed.username + parsed.search + parsed.hash === '';
  if (!/^file:\/\/\//i.test(url) || !plain || /%2f|%00/i.test(parsed.pathname)) {
    throw new LakeError('invalid', 'a file url is written file:///path, with # ? and % encoded', {
      code: 'URL',
    });
  }
  return localStore(fileURLToPath(parsed));
};
