import type { Clock } from '@ticklake/core';
import { defaultScratch, sweepScratch, type ObjectStore } from '@ticklake/storage';
import { LEFTOVER_AGE_MS } from './limits.js';

/** The folder for unfinished files, the one that is named or the usual one of `store`, swept of what dead runs left there. */
export async function openScratch(
  store: ObjectStore,
  { scratch, clock }: { readonly scratch: string | undefined; readonly clock: Clock },
): Promise<string> {
  const directory = scratch ?? defaultScratch(store);
  await sweepScratch(directory, { ageMinMs: LEFTOVER_AGE_MS, clock, recursive: false });
  return directory;
}
