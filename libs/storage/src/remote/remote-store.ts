import { LakeError, systemClock, type Clock } from '@ticklake/core';
import { randomInt } from 'node:crypto';
import { checkKey } from '../key.js';
import type { ObjectHead, ObjectStore } from '../object-store.js';
import { sendWithin, withAccounting, withRequestLimit, withRetry, type RequestEvent } from './decorators.js';
import { listChildren, listObjects } from './list-pages.js';
import { metaOf } from './meta-of.js';
import type { ObjectApi, RemoteObject } from './object-api.js';
import { putObject } from './put-object.js';
import { openRemote, readWhole } from './read-object.js';
import type { RequestPolicy } from './request-policy.js';
import type { Patience } from './retry.js';
import type { Requests } from './requests.js';

/** How {@link remoteStore} asks. */
export interface RemoteStoreOptions {
  readonly policy: RequestPolicy;
  readonly clock?: Clock | undefined;
  /** From 0 up to 1. */
  readonly random?: (() => number) | undefined;
  /** Told of every request; of two where a service needs a second one to explain the first, of both as one. */
  readonly onRequest?: ((event: RequestEvent) => void) | undefined;
}

/**
 * An `ObjectStore` out of single requests: repeats what may be repeated, finds out what became of a write whose answer was lost, sends
 * large bodies in parts, follows listings from page to page, and lets no body pass that is not as long, and as digested, as it should be.
 *
 * An operation fails `unavailable` once `policy` is exhausted; a put of which nobody could tell whether it landed with code
 * `UNKNOWN_OUTCOME`.
 */
export function remoteStore(api: ObjectApi, options: RemoteStoreOptions): ObjectStore {
  const requests = requestsOf(api, options);
  const { send } = requests;
  return {
    url: api.url,
    isLocal: false,
    head: async (key) => {
      const object = await send('head', { key: checkKey(key) });
      return object === undefined ? undefined : headOf(object);
    },
    get: async (key, into) => {
      const { object, bytes } = await readWhole(requests, { key: checkKey(key), into });
      return { meta: metaOf(object), bytes };
    },
    open: async (key) => {
      const object = await send('head', { key: checkKey(key) });
      if (object === undefined) throw new LakeError('missing', 'nothing is there', { details: { key } });
      return openRemote(requests, object, metaOf(object));
    },
    put: async (key, body, putOptions = {}) =>
      metaOf(await putObject(requests, { key: checkKey(key), body, ...putOptions })),
    delete: async (key) => send('delete', { key: checkKey(key) }),
    list: (prefix) => listObjects(requests, prefix),
    children: (prefix) => listChildren(requests, prefix),
  };
}

function requestsOf(api: ObjectApi, options: RemoteStoreOptions): Requests {
  const { policy, clock = systemClock, random = randomShare, onRequest } = options;
  const patience: Patience = { policy, clock, random };
  const timed = sendWithin(api, policy);
  const counted = onRequest === undefined ? timed : withAccounting(timed, onRequest);
  const limited = withRequestLimit(counted, policy.requestsMax);
  return { api, patience, sendOnce: limited, send: withRetry(limited, patience) };
}

function headOf(object: RemoteObject): ObjectHead {
  return { ...metaOf(object), opId: object.stamp.opId };
}

function randomShare(): number {
  return randomInt(2 ** 32) / 2 ** 32;
}
