import { parseUtcDay } from '@ticklake/core';
import { STATE_KEY } from '@ticklake/compactor';
import { compactIn } from '../compact-in.js';
import { arrive, littleSpool } from '../little-spool.js';
import type { Scenario } from '../scenario.js';
import type { Party } from '../world.js';

const BEFORE = parseUtcDay('2026-02-02');

const only = (symbol: string) => (party: Party) =>
  compactIn(party, {
    filter: { exchanges: undefined, streams: undefined, symbols: { has: (value) => value === symbol } },
  });

/** The state document, which is a cache. */
export const STATE: readonly Scenario[] = [
  {
    name: 'state update',
    async prepare(party) {
      await arrive(party, await littleSpool({ day: BEFORE }));
      await compactIn(party);
      await arrive(party, await littleSpool());
    },
    act: compactIn,
  },
  {
    name: 'state lost',
    async prepare(party) {
      await arrive(party, await littleSpool({ day: BEFORE }));
      await arrive(party, await littleSpool());
      await compactIn(party, { days: { mode: 'single', day: BEFORE } });
      await party.compact.delete(STATE_KEY);
    },
    act: compactIn,
    rival: { act: compactIn },
  },
  {
    name: 'state of two runs',
    async prepare(party) {
      await arrive(party, await littleSpool({ day: BEFORE }));
      await compactIn(party);
      await arrive(party, await littleSpool());
      await arrive(party, await littleSpool({ symbol: 'ETHUSDT', seed: 2 }));
    },
    act: only('btcusdt'),
    rival: { act: only('ethusdt') },
  },
];
