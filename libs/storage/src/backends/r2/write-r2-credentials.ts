import { LakeError } from '@ticklake/core';
import { constants } from 'node:fs';
import { link, mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncDirectory } from '../../disk-file.js';
import { errnoOf } from '../../errno.js';
import { nodeFileSystem } from '../../file-system.js';
import { temporaryName, thisOwner } from '../../owner.js';
import { parseBucketUrl } from '../../remote/bucket-url.js';
import { parseEndpoint } from '../../remote/endpoint.js';
import type { Env } from '../../remote/named-env.js';
import { findR2Access, ownFile, readPrivate, type R2Access } from './r2-credentials.js';

/** Where {@link writeR2Credentials} writes, and over what. */
export interface R2CredentialsFile {
  readonly path: string;
  /** Whether a file that is there may be replaced. */
  readonly replace: boolean;
}

/**
 * The file that R2 credentials of this user are kept in: the one that `R2_CREDENTIALS_FILE` names, else
 * `ticklake/r2_credentials.json` below `XDG_CONFIG_HOME` or `~/.config` (spec row OP-11).
 *
 * @throws LakeError `invalid` (`CREDENTIALS`) where the environment tells no place.
 */
export function r2CredentialsPath(env: Env): string {
  const path = ownFile(env);
  if (path !== undefined) return path;
  throw new LakeError('invalid', 'neither R2_CREDENTIALS_FILE nor HOME says where credentials are kept', {
    code: 'CREDENTIALS',
  });
}

/**
 * What R2 is asked with, and the bucket where one is named, as the file at `path` alone has it; `undefined` when there is no file.
 *
 * @throws LakeError `denied` (`CREDENTIALS`) when others can read it, `invalid` (`CREDENTIALS`) when it cannot be understood.
 */
export async function readR2Credentials(path: string): Promise<R2Access | undefined> {
  if ((await readPrivate(path)) === undefined) return undefined;
  return findR2Access({ R2_CREDENTIALS_FILE: path });
}

/**
 * Writes a file of credentials that only its owner can read (OP-11, OP-12): complete or not at all, as a new file of mode 0600 that takes the
 * name in one step, whatever mode a file of that name had. Missing directories are made for the owner alone. It is read back
 * before anybody is told that it is there.
 *
 * @throws LakeError `invalid` for values that cannot be of R2, before anything is written.
 * @throws LakeError `conflict` (`CREDENTIALS`) when a file is there and `replace` is off: it is kept.
 * @throws LakeError `denied` (`CREDENTIALS`) when the disk refuses. No error repeats a secret.
 */
export async function writeR2Credentials(
  access: R2Access,
  { path, replace }: R2CredentialsFile,
): Promise<void> {
  const { endpoint, accessKeyId, secretAccessKey, bucket } = access;
  parseEndpoint(endpoint);
  if (bucket !== undefined) parseBucketUrl(`r2://${bucket}`, { scheme: 'r2', known: [] });
  for (const [name, value] of Object.entries({ accessKeyId, secretAccessKey })) {
    if (/^[\x21-\x7e]+$/.test(value)) continue;
    throw new LakeError('invalid', 'a key of R2 is printable characters without spaces', {
      ...{ code: 'CREDENTIALS', details: { name } },
    });
  }
  const document = {
    ...{ endpoint, access_key_id: accessKeyId, secret_access_key: secretAccessKey },
    ...(bucket === undefined ? {} : { bucket }),
  };
  try {
    await makeDirectory(dirname(path));
    await putPrivate(path, `${JSON.stringify(document, undefined, 2)}\n`, replace);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    const details = { path, errno };
    if (errno === 'EEXIST') {
      throw new LakeError('conflict', 'a credentials file is there already; it is kept', {
        ...{ code: 'CREDENTIALS', details: { path } },
      });
    }
    throw new LakeError('denied', 'the credentials file cannot be written', { code: 'CREDENTIALS', details });
  }
  await readR2Credentials(path);
}

/** With those above it, a step each: Node's own way of making all of them never ends where the system says ENOENT, as below /proc. */
async function makeDirectory(directory: string): Promise<void> {
  try {
    await makeOne(directory);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' || dirname(directory) === directory) throw error;
    await makeDirectory(dirname(directory));
    await makeOne(directory);
  }
}

async function makeOne(directory: string): Promise<void> {
  try {
    await mkdir(directory, { mode: 0o700 });
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  }
}

async function putPrivate(path: string, text: string, replace: boolean): Promise<void> {
  const temporary = join(dirname(path), temporaryName(thisOwner(), 'put'));
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const file = await open(temporary, flags, 0o600);
  try {
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    // A link never replaces: whoever wrote first in between keeps what is theirs.
    await (replace ? rename(temporary, path) : link(temporary, path));
  } finally {
    await removeIfThere(temporary);
  }
  await syncDirectory(nodeFileSystem, dirname(path));
}

/** After a rename it is gone already; that a secret is left lying about is told. */
async function removeIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
