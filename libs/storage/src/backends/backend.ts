import type { ObjectStore } from '../object-store.js';

/** What opening a store needs from outside, beside its URL. */
export interface OpenStoreOptions {
  /** Where a backend looks for credentials and endpoints; normally the environment of the process. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Opens a store from its whole URL.
 *
 * @throws LakeError `invalid` when the URL is not one of this backend; its text is never repeated, it may hold secrets.
 */
export type Backend = (url: string, options: OpenStoreOptions) => ObjectStore;
