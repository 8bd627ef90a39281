import type { UtcDay } from '@ticklake/core';
import { compactIn } from '../compact-in.js';
import { arrive, DAY, littleSpool, some } from '../little-spool.js';
import type { Party } from '../world.js';

/** Publishes `files` one after the other, a generation each; the last of them is left to the scenario. */
export async function growTo(party: Party, files: number, day: UtcDay = DAY): Promise<void> {
  const all = await littleSpool({ files: 4, day });
  for (let count = 1; count <= files; count++) {
    await arrive(party, some(all, count - 1, count));
    if (count < files) await compactIn(party, { days: { mode: 'single', day }, overwrite: count > 1 });
  }
}
