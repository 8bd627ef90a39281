import type { OpenStoreOptions } from '../backends/backend.js';
import { openStore } from '../open-store.js';
import { probePolicy, probeStore, requireConditions } from './probe-store.js';

/**
 * Tries whether the store at `url` keeps to conditions, before anything is written there that rests on them. A local disk is of our own
 * making; an endpoint may ignore what it is asked.
 *
 * @param options - Of those who will write: how patient they are.
 * @throws LakeError `invalid` (`CONDITIONS`) when it does not.
 */
export async function requireProbed(url: string, options: OpenStoreOptions): Promise<void> {
  const store = openStore(url, { ...options, requests: probePolicy(options.requests) });
  if (!store.isLocal) requireConditions(store, await probeStore(store));
}
