import { basename, dirname, resolve } from 'node:path';
import { localStore } from '@ticklake/storage';

/**
 * Puts a page at a path of this machine: a reader sees the old page or the new one, whole.
 *
 * @throws LakeError `invalid` for a name that no store takes, `denied` or `unavailable` when the disk refuses
 */
export async function writePage(path: string, html: string): Promise<void> {
  const whole = resolve(path);
  await localStore(dirname(whole)).put(basename(whole), new TextEncoder().encode(html), {
    contentType: 'text/html; charset=utf-8',
  });
}
