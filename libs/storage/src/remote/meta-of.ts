import type { ObjectMeta } from '../object-store.js';
import type { RemoteObject } from './object-api.js';

/** What a store tells of an object: the service's version is its etag. */
export function metaOf({ key, size, version, modifiedAtMs }: Omit<RemoteObject, 'stamp'>): ObjectMeta {
  return { key, size, etag: version, modifiedAtMs };
}
