import { compactIn } from '../compact-in.js';
import { arrive, littleSpool, some, truncated } from '../little-spool.js';
import type { Scenario } from '../scenario.js';
import type { Party } from '../world.js';

/** One sound file and one that was cut short. */
async function arriveDamaged(party: Party): Promise<void> {
  const files = await littleSpool();
  await arrive(party, some(files, 0, 1));
  await arrive(party, truncated(some(files, 1)));
}

/** Damaged inputs, put away and made good. */
export const QUARANTINE: readonly Scenario[] = [
  { name: 'quarantine', prepare: arriveDamaged, act: compactIn, failed: 1, rival: { act: compactIn } },
  {
    name: 'quarantine made good',
    async prepare(party) {
      await arriveDamaged(party);
      await compactIn(party);
      await arrive(party, await littleSpool());
    },
    act: compactIn,
  },
];
