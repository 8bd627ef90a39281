import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new directory for each call, all removed when the suite ends. */
export function temporaryDirectories(): () => Promise<string> {
  const made: string[] = [];
  afterAll(async () => {
    for (const path of made) await rm(path, { recursive: true, force: true });
  });
  return async () => {
    const path = await mkdtemp(join(tmpdir(), 'ticklake-manifest-'));
    made.push(path);
    return path;
  };
}
