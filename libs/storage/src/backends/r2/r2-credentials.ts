import { LakeError } from '@ticklake/core';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../../errno.js';
import type { Env } from '../../remote/named-env.js';

/** What R2 wants to know of whoever asks. */
export interface R2Access {
  /** `https://<account>.r2.cloudflarestorage.com`, or the one of a jurisdiction. */
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The bucket that is meant where none is named. */
  readonly bucket?: string | undefined;
}

/** Below the configuration directory of the user; the second is where the guide of an earlier program keeps it. */
const FILES = [join('ticklake', 'r2_credentials.json'), join('instrumetriq', 'r2_credentials.json')];

/** More is no credentials. */
const FILE_BYTES_MAX = 64 * 1024;

/**
 * Access from the environment (`R2_ACCESS_KEY_ID`, `R2_SECRET_ACCESS_KEY`, and `R2_ENDPOINT` or `R2_ACCOUNT_ID`), else from the file
 * that `R2_CREDENTIALS_FILE` names or the first one there is below `XDG_CONFIG_HOME` or `~/.config` (spec row OP-11), which has the
 * same names as its keys, in capitals or not, with `R2_` or without. What the environment has of it outweighs the file.
 *
 * @throws LakeError `denied` (`CREDENTIALS`) when there are none, or others can read the file.
 * @throws LakeError `invalid` (`CREDENTIALS`) when the file cannot be understood. Its text is not repeated.
 */
export async function findR2Access(env: Env): Promise<R2Access> {
  const fromEnv = accessOf(env);
  if (fromEnv !== undefined) return fromEnv;
  const named = env['R2_CREDENTIALS_FILE'];
  for (const path of pathsOf(env)) {
    const text = await readPrivate(path);
    if (text === undefined) continue;
    // The environment is nearer than a file: a key that was renewed there is the one that counts.
    const access = accessOf({ ...valuesOf(text, path), ...definedOf(env) });
    if (access !== undefined) return access;
    const details = { path };
    throw new LakeError('invalid', 'the credentials file lacks the account, the key or its secret', {
      ...{ code: 'CREDENTIALS', details },
    });
  }
  throw new LakeError(
    'denied',
    'no credentials for R2: set R2_ACCOUNT_ID, R2_ACCESS_KEY_ID and R2_SECRET_ACCESS_KEY',
    { code: 'CREDENTIALS', details: named === undefined ? {} : { missing: named } },
  );
}

/** An endpoint outweighs an account; where the environment says which account, that of the file is not asked. */
function definedOf({
  R2_ENDPOINT,
  R2_ACCOUNT_ID,
  R2_ACCESS_KEY_ID,
  R2_SECRET_ACCESS_KEY,
  R2_BUCKET,
}: Env): Env {
  const endpoint = R2_ENDPOINT ?? (R2_ACCOUNT_ID === undefined ? undefined : r2EndpointOf(R2_ACCOUNT_ID));
  const values = { R2_ENDPOINT: endpoint, R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY, R2_BUCKET };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function accessOf(values: Env): R2Access | undefined {
  const {
    R2_ACCESS_KEY_ID: accessKeyId,
    R2_SECRET_ACCESS_KEY: secretAccessKey,
    R2_ACCOUNT_ID: account,
  } = values;
  if (!accessKeyId || !secretAccessKey) return undefined;
  const endpoint = values['R2_ENDPOINT'] ?? (account === undefined ? undefined : r2EndpointOf(account));
  if (endpoint === undefined) return undefined;
  const bucket = values['R2_BUCKET'];
  return { endpoint, accessKeyId, secretAccessKey, ...(bucket ? { bucket } : {}) };
}

/** The endpoint of an account. @throws LakeError `invalid` (`CREDENTIALS`) for what is none; it is not repeated. */
export function r2EndpointOf(account: string): string {
  if (/^[a-z0-9]+$/i.test(account)) return `https://${account}.r2.cloudflarestorage.com`;
  throw new LakeError('invalid', 'the account of R2 is letters and digits', { code: 'CREDENTIALS' });
}

/** The file that is ours to write; `undefined` where the environment tells no place. */
export function ownFile(env: Env): string | undefined {
  return pathsOf(env)[0];
}

function pathsOf(env: Env): string[] {
  if (env['R2_CREDENTIALS_FILE'] !== undefined) return [env['R2_CREDENTIALS_FILE']];
  const home = env['HOME'];
  const config = env['XDG_CONFIG_HOME'] ?? (home === undefined ? undefined : join(home, '.config'));
  return config === undefined ? [] : FILES.map((file) => join(config, file));
}

/**
 * The text of a file that nobody but its owner can read; `undefined` when there is none.
 *
 * @throws LakeError `denied` (`CREDENTIALS`) when others can, or we cannot; `invalid` (`CREDENTIALS`) when it is too large.
 */
export async function readPrivate(path: string): Promise<string | undefined> {
  const details = { path };
  try {
    const file = await open(path, constants.O_RDONLY);
    try {
      const { mode, size } = await file.stat();
      if ((mode & 0o077) !== 0) {
        throw new LakeError('denied', 'others can read the credentials file: chmod 600', {
          code: 'CREDENTIALS',
          details,
        });
      }
      if (size > FILE_BYTES_MAX) {
        throw new LakeError('invalid', 'the credentials file is too large', { code: 'CREDENTIALS', details });
      }
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return undefined;
    throw new LakeError('denied', 'the credentials file cannot be read', {
      ...{ code: 'CREDENTIALS', details: { ...details, errno } },
    });
  }
}

function valuesOf(text: string, path: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(parsed(text, path))) {
    if (typeof value !== 'string') continue;
    const upper = name.toUpperCase();
    values[upper.startsWith('R2_') ? upper : `R2_${upper}`] = value;
  }
  return values;
}

function parsed(text: string, path: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // The parser's message repeats what it read.
  }
  throw new LakeError('invalid', 'the credentials file is no JSON object', {
    code: 'CREDENTIALS',
    details: { path },
  });
}
