import { isLakeError, type LakeError } from '@ticklake/core';
import type { ObjectStore } from '@ticklake/storage';
import { exportDay, type ExportContext } from '../tiers/tier3/export-day.js';
import { DAY, fillDay } from './archive.js';
import { testContext } from './context.js';

/** Makes contexts whose archive has a full day, and whose unfinished files go to `directory`. */
export function fullDayIn(directory: string) {
  return async (changes: Partial<ExportContext> = {}): Promise<ExportContext> => {
    const context = testContext(directory, changes);
    await fillDay(context.archive);
    return context;
  };
}

/** What the export fails with; `undefined` when it does not. */
export async function failureOf(context: ExportContext): Promise<LakeError | undefined> {
  try {
    await exportDay(DAY, context);
  } catch (error) {
    if (!isLakeError(error)) throw error;
    return error;
  }
  return undefined;
}

/** Everything that is there. */
export async function keysOf(store: ObjectStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list('')) keys.push(key);
  return keys;
}
