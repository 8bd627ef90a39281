import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clock } from '@ticklake/core';
import { sweepScratch, type ObjectStore } from '@ticklake/storage';
import { LEFTOVER_AGE_MS } from './limits.js';

/**
 * The folder for unfinished files, swept of what dead runs left there: the one that is named, else on the disk of the exports, so that a
 * finished file can be linked into place instead of copied.
 */
export async function openScratch(
  { url }: ObjectStore,
  { scratch, clock }: { readonly scratch: string | undefined; readonly clock: Clock },
): Promise<string> {
  const ofStore = url.startsWith('file:')
    ? join(fileURLToPath(url), '.tmp-scratch')
    : join(tmpdir(), 'ticklake');
  const directory = scratch ?? ofStore;
  await sweepScratch(directory, { ageMinMs: LEFTOVER_AGE_MS, clock, recursive: false });
  return directory;
}
