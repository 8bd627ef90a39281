import {
  openStore,
  probePolicy,
  probeStore,
  readOnly,
  requireConditions,
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
 * {@link openWritable} for those whose writes rest on conditions, tried first.
 *
 * @throws LakeError `invalid` (`CONDITIONS`); see {@link requireProbed}.
 */
export async function openForPublishing(url: string, env: Environment): Promise<ObjectStore> {
  await requireProbed(url, env);
  return openWritable(url, env);
}

/** The store at `url`, for those who only read: no bug of theirs can change what is there. */
export function openReadOnly(url: string, env: Environment, onRequest?: OnRequest): ObjectStore {
  return readOnly(openWritable(url, env, onRequest));
}

/**
 * Tries whether the store at `url` keeps to conditions, before anything is written there that rests on them. A local disk is of our own
 * making; an endpoint may ignore what it is asked.
 *
 * @throws LakeError `invalid` (`CONDITIONS`) when it does not.
 */
export async function requireProbed(url: string, env: Environment, onRequest?: OnRequest): Promise<void> {
  const store = openStore(url, { env, requests: probePolicy(REQUESTS), onRequest });
  if (!store.isLocal) requireConditions(store, await probeStore(store));
}
