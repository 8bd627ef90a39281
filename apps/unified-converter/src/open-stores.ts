import { openStore, readOnly, requireProbed as requireKept, type ObjectStore } from '@ticklake/storage';
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

/** The library's own, with the patience of this app. @throws LakeError `invalid` (`CONDITIONS`). */
export function requireProbed(url: string, env: Environment): Promise<void> {
  return requireKept(url, { env, requests: REQUESTS });
}
