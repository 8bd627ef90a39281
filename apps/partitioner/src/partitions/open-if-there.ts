import { isLakeError } from '@ticklake/core';
import type { ObjectSource, ObjectStore } from '@ticklake/storage';

/** Pins the version that stands at `key` now; `undefined` where nothing does. */
export async function openIfThere(store: ObjectStore, key: string): Promise<ObjectSource | undefined> {
  try {
    return await store.open(key);
  } catch (error) {
    if (isLakeError(error, 'missing')) return undefined;
    throw error;
  }
}
