import { LakeError } from '@ticklake/core';
import type { ObjectStore } from '../object-store.js';

/** `store` for reading: `put` and `delete` fail `denied` (`READ_ONLY`) and reach nothing (invariant: sources are never changed). */
export function readOnly(store: ObjectStore): ObjectStore {
  const refuse = async (key: string): Promise<never> => {
    throw new LakeError('denied', 'this store is opened for reading only', {
      code: 'READ_ONLY',
      details: { url: store.url, key },
    });
  };
  return { ...store, put: refuse, delete: refuse };
}
