import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ObjectStore } from '../object-store.js';

/** The folder for unfinished files of `store` where none is named: on its own disk, so that a finished file can be linked into place instead of copied. */
export function defaultScratch({ url }: Pick<ObjectStore, 'url'>): string {
  return url.startsWith('file:') ? join(fileURLToPath(url), '.tmp-scratch') : join(tmpdir(), 'ticklake');
}
