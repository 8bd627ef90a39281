import type { Clock } from '@ticklake/core';
import type { ObjectStore } from '../object-store.js';
import { defaultScratch } from './default-scratch.js';
import { sweepScratch } from './sweep-scratch.js';

/** Scratch files of unknown owners are removed when this old; those of dead processes at once. */
export const LEFTOVER_AGE_MS = 24 * 3_600_000;

/**
 * The folder for unfinished files, the one that is named or the usual one of `store`, swept of what dead runs left there.
 *
 * @throws LakeError `denied` or `unavailable` when the disk refuses.
 */
export async function openScratch(
  store: Pick<ObjectStore, 'url'>,
  { scratch, clock }: { readonly scratch: string | undefined; readonly clock: Clock },
): Promise<string> {
  const directory = scratch ?? defaultScratch(store);
  await sweepScratch(directory, { ageMinMs: LEFTOVER_AGE_MS, clock, recursive: false });
  return directory;
}
