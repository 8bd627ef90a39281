import { systemClock } from '@ticklake/core';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localStore } from '../backends/local/local-store.js';
import { nodeFileSystem } from '../file-system.js';
import { temporaryName } from '../owner.js';
import { defaultScratch } from './default-scratch.js';
import { openScratch } from './open-scratch.js';

it('is the folder that is named, or the usual one, without what a dead process left there', async () => {
  const root = await mkdtemp(join(tmpdir(), 'ticklake-open-scratch-'));
  try {
    const store = localStore(root);
    const named = join(root, 'elsewhere');
    const left = temporaryName({ ...nodeFileSystem.owner, startTicks: '1' }, 'scratch');
    for (const [scratch, directory] of [
      [undefined, defaultScratch(store)],
      [named, named],
    ] as const) {
      // A folder that is not there yet has nothing to sweep.
      expect(await openScratch(store, { scratch, clock: systemClock })).toBe(directory);
      await mkdir(directory, { recursive: true });
      for (const name of [left, 'data.parquet']) await writeFile(join(directory, name), '');
      await openScratch(store, { scratch, clock: systemClock });
      expect(await readdir(directory)).toEqual(['data.parquet']);
    }
  } finally {
    await rm(root, { recursive: true });
  }
});
