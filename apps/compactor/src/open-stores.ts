import { openStore, readOnly, type ObjectStore } from '@ticklake/storage';
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
