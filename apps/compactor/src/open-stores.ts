import {
  openStore,
  readOnly,
  requireProbed as requireKept,
  type ObjectStore,
  type RequestCounter,
} from '@ticklake/storage';
import { REQUESTS } from './limits.js';

type Environment = Readonly<Record<string, string | undefined>>;

type OnRequest = RequestCounter['onRequest'];

/** The store at `url`, for those who write, with the patience of this app; `onRequest` hears of what goes over the network. */
export function openWritable(url: string, env: Environment, onRequest?: OnRequest): ObjectStore {
  return openStore(url, { env, requests: REQUESTS, onRequest });
}

/**
 * The compact store of a command that only tells what it would do, unless it is to `apply` it: then its writes rest on conditions,
 * which are tried first.
 *
 * @throws LakeError `invalid` (`CONDITIONS`); see {@link requireProbed}.
 */
export async function openCompact(
  url: string,
  env: Environment,
  { apply }: { readonly apply: boolean },
): Promise<ObjectStore> {
  if (!apply) return openReadOnly(url, env);
  await requireProbed(url, env);
  return openWritable(url, env);
}

/** The store at `url`, for those who only read: no bug of theirs can change what is there. */
export function openReadOnly(url: string, env: Environment, onRequest?: OnRequest): ObjectStore {
  return readOnly(openWritable(url, env, onRequest));
}

/** The library's own, with the patience of this app. @throws LakeError `invalid` (`CONDITIONS`). */
export function requireProbed(url: string, env: Environment, onRequest?: OnRequest): Promise<void> {
  return requireKept(url, { env, requests: REQUESTS, onRequest });
}
