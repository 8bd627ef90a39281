import { readOnly } from './decorators/index.js';
import type { ObjectStore } from './object-store.js';
import { openStore } from './open-store.js';
import { requireProbed } from './probe/require-probed.js';
import type { RequestCounter } from './remote/count-requests.js';
import type { RequestPolicy } from './remote/request-policy.js';

type Environment = Readonly<Record<string, string | undefined>>;

type OnRequest = RequestCounter['onRequest'];

/** Stores as one program opens them. `onRequest` hears of what goes over the network. */
export interface ProgramStores {
  /** The store at `url`, for those who write. */
  openWritable(url: string, env: Environment, onRequest?: OnRequest): ObjectStore;
  /** The store at `url`, for those who only read: no bug of theirs can change what is there. */
  openReadOnly(url: string, env: Environment, onRequest?: OnRequest): ObjectStore;
  /** As {@link requireProbed}. @throws LakeError `invalid` (`CONDITIONS`). */
  requireProbed(url: string, env: Environment, onRequest?: OnRequest): Promise<void>;
}

/** Stores of a program that is so patient with those over the network. */
export function programStores(requests: RequestPolicy): ProgramStores {
  const openWritable: ProgramStores['openWritable'] = (url, env, onRequest) =>
    openStore(url, { env, requests, onRequest });
  return {
    openWritable,
    openReadOnly: (...given) => readOnly(openWritable(...given)),
    requireProbed: (url, env, onRequest) => requireProbed(url, { env, requests, onRequest }),
  };
}
