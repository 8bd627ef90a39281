import { errorText, isLakeError } from '@ticklake/core';
import type { ObjectStore } from '@ticklake/storage';
import { requireSeparateRoots } from '../separate-roots.js';
import { fail, ok, warn, type Diagnosis } from './diagnosis.js';
import type { Check, DoctorContext } from './doctor-context.js';

/** Whether the stores are told, apart from each other, and open to us. Nothing is written. */
export const storeChecks: readonly Check[] = [
  { name: 'places', look: checkPlaces },
  { name: 'access to --raw', look: ({ raw }) => checkAccess('access to --raw', raw, checkSpool) },
  {
    name: 'access to --compact',
    look: ({ compact }) => checkAccess('access to --compact', compact, checkLake),
  },
];

/** What to do about a store that refuses or cannot be reached. */
export function storeFix(error: unknown, url: string): string {
  if (isLakeError(error, 'denied')) return CREDENTIALS[schemeOf(url)] ?? 'check the credentials of the store';
  if (isLakeError(error, 'missing')) return 'make the bucket, or correct its name';
  if (isLakeError(error, 'unavailable')) return 'check the network and the endpoint, then run doctor again';
  return 'correct the URL: ticklake-compactor run --print-config shows where it comes from';
}

/** The scheme of a store URL; a path is `file`. */
function schemeOf(url: string): string {
  return /^([a-z0-9]+):/i.exec(url)?.[1]?.toLowerCase() ?? 'file';
}

const CREDENTIALS: Readonly<Record<string, string>> = {
  file: 'run as the account of the units, and let it in: sudo -u deploy ls -la PATH; sudo chown deploy PATH',
  s3: 'aws sts get-caller-identity; or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment file',
  r2: 'set R2_ACCESS_KEY_ID and R2_SECRET_ACCESS_KEY, or ~/.config/instrumetriq/r2_credentials.json with mode 0600',
  gs: 'gcloud auth application-default login; or set GOOGLE_APPLICATION_CREDENTIALS',
};

async function checkPlaces({ config, env, facts, raw, compact }: DoctorContext): Promise<Diagnosis[]> {
  const missing = (['raw', 'compact'] as const).filter((key) => config[key] === undefined);
  if (missing.length > 0) {
    const flags = missing.map((key) => `--${key}`).join(' and ');
    const variables = missing.map((key) => `TICKLAKE_${key.toUpperCase()}`).join(' and ');
    return [
      fail('places', `${flags} not told`, `set ${variables} in the environment file, or give the flags`),
    ];
  }
  // That one cannot be opened is told already.
  if (raw === undefined || compact === undefined) return [];
  const urls = { raw: config.raw ?? '', compact: config.compact ?? '' };
  try {
    await requireSeparateRoots({ raw, compact }, urls, { env, fileSystem: facts.fileSystem });
    return [ok('places', `from ${raw.url} to ${compact.url}`)];
  } catch (error) {
    if (!isLakeError(error, 'invalid')) throw error;
    return [fail('places', errorText(error), 'give the lake a directory or a prefix beside the spool')];
  }
}

async function checkAccess(
  check: string,
  store: ObjectStore | undefined,
  judge: (check: string, firstKey: string | undefined, url: string) => Diagnosis,
): Promise<Diagnosis[]> {
  if (store === undefined) return [];
  try {
    return [judge(check, await firstKey(store), store.url)];
  } catch (error) {
    if (!isLakeError(error) || error.kind === 'cancelled') throw error;
    return [fail(check, errorText(error), storeFix(error, store.url))];
  }
}

/** One request of a listing. */
async function firstKey(store: ObjectStore): Promise<string | undefined> {
  for await (const { key } of store.list('')) return key;
  return undefined;
}

function checkSpool(check: string, key: string | undefined, url: string): Diagnosis {
  return key === undefined
    ? warn(check, `${url} is empty`, 'is this the spool? look at --raw, and at the collector')
    : ok(check, `${url} can be listed`);
}

function checkLake(check: string, key: string | undefined, url: string): Diagnosis {
  return ok(check, key === undefined ? `${url} is empty: nothing was published yet` : `${url} can be listed`);
}
