import type { Clock } from '@ticklake/core';
import type { ObjectStore } from '../object-store.js';
import type { RequestEvent } from '../remote/decorators.js';
import type { RequestPolicy } from '../remote/request-policy.js';

/** What opening a store needs from outside, beside its URL. */
export interface OpenStoreOptions {
  /** Where a backend looks for credentials and endpoints; normally the environment of the process. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How patient a store over the network is. */
  readonly requests: RequestPolicy;
  /** Absent: the clock of this machine. */
  readonly clock?: Clock | undefined;
  /** Told of every request over the network; see `countRequests`. */
  readonly onRequest?: ((event: RequestEvent) => void) | undefined;
}

/**
 * Opens a store from its whole URL.
 *
 * @throws LakeError `invalid` when the URL is not one of this backend; its text is never repeated, it may hold secrets.
 */
export type Backend = (url: string, options: OpenStoreOptions) => ObjectStore;
