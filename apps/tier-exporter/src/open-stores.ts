import {
  openStore,
  probePolicy,
  probeStore,
  readOnly,
  requireConditions,
  type ObjectStore,
} from '@ticklake/storage';
import { REQUESTS } from './limits.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** The store at `url`, for those who write, with the patience of this app. */
export function openWritable(url: string, env: Environment): ObjectStore {
  return openStore(url, { env, requests: REQUESTS });
}

/** The store at `url`, for those who only read: no bug of theirs can change what is there. */
export function openReadOnly(url: string, env: Environment): ObjectStore {
  return readOnly(openWritable(url, env));
}

/**
 * Tries whether the store at `url` keeps to conditions, before anything is written there that rests on them. A local disk is of our own
 * making; an endpoint may ignore what it is asked.
 *
 * @throws LakeError `invalid` (`CONDITIONS`) when it does not.
 */
export async function requireProbed(url: string, env: Environment): Promise<void> {
  const store = openStore(url, { env, requests: probePolicy(REQUESTS) });
  if (!store.isLocal) requireConditions(store, await probeStore(store));
}
