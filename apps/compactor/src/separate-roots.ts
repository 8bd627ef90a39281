import { fileURLToPath } from 'node:url';
import { LakeError } from '@ticklake/core';
import type { FileSystem, ObjectStore } from '@ticklake/storage';
import { resolveLinks } from './resolve-links.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** The two places that a run works between, as they were given. */
export interface Roots {
  readonly raw: string;
  readonly compact: string;
}

/** A place that can be compared with another: `path` is absolute, without a slash at its end. */
interface Place {
  readonly where: string;
  readonly path: string;
}

/**
 * Refuses roots of which one is the other or lies in it, and a lake at the root of the disk: a run would take what it
 * published for spool files, or publish among them (row 95 of the table of bad inputs). Symbolic links are followed, of
 * stores over the network endpoint, bucket and prefix compared; nothing is asked of these.
 *
 * @throws LakeError `invalid` (`ROOTS`).
 */
export async function requireSeparateRoots(
  stores: { readonly raw: ObjectStore; readonly compact: ObjectStore },
  urls: Roots,
  { env, fileSystem }: { readonly env: Environment; readonly fileSystem: FileSystem },
): Promise<void> {
  const raw = await placeOf(stores.raw, urls.raw, env, fileSystem);
  const compact = await placeOf(stores.compact, urls.compact, env, fileSystem);
  for (const [flag, place] of [
    ['--raw', raw],
    ['--compact', compact],
  ] as const) {
    if (place.where === 'file' && place.path === '') throw refused(`${flag} is the root of the disk`, stores);
  }
  // Each store in memory is another one.
  if (raw.where !== compact.where || stores.raw.url === 'memory:') return;
  if (raw.path === compact.path) throw refused('--raw and --compact are one place', stores);
  if (isBelow(compact.path, raw.path)) throw refused('--compact lies in --raw', stores);
  if (isBelow(raw.path, compact.path)) throw refused('--raw lies in --compact', stores);
}

function refused(
  message: string,
  stores: { readonly raw: ObjectStore; readonly compact: ObjectStore },
): LakeError {
  return new LakeError('invalid', `${message}: spool and lake need places of their own`, {
    code: 'ROOTS',
    details: { raw: stores.raw.url, compact: stores.compact.url },
  });
}

function isBelow(inner: string, outer: string): boolean {
  return inner.startsWith(`${outer}/`);
}

async function placeOf(
  store: ObjectStore,
  url: string,
  env: Environment,
  fileSystem: FileSystem,
): Promise<Place> {
  if (store.url.startsWith('file:')) {
    const path = await resolveLinks(fileSystem, fileURLToPath(store.url));
    return { where: 'file', path: path.replace(/\/$/, '') };
  }
  const { protocol, host, pathname } = new URL(store.url);
  return {
    where: `${protocol}//${host} at ${endpointOf(protocol, new URL(url).searchParams, env)}`,
    path: pathname.replace(/\/$/, ''),
  };
}

/** Which service a bucket is of: buckets of one name may be at several endpoints. `''` is the usual one. */
function endpointOf(protocol: string, parameters: URLSearchParams, env: Environment): string {
  const name = parameters.get('credentials');
  const variable = (key: string) => env[name === null ? key : `${name}_${key}`];
  if (protocol === 'r2:') return variable('R2_ENDPOINT') ?? name ?? '';
  const endpoint = parameters.get('endpoint');
  if (endpoint !== null || protocol !== 's3:') return endpoint ?? '';
  return variable('AWS_ENDPOINT_URL_S3') ?? variable('AWS_ENDPOINT_URL') ?? '';
}
