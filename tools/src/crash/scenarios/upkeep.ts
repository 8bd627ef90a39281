import { collectSpool, rollbackPartition, sweep } from '@ticklake/compactor';
import { isLakeError, type Clock } from '@ticklake/core';
import { ARENA, compactIn, NOON, type Outcome } from '../compact-in.js';
import { arrive, DAY, littleSpool, some } from '../little-spool.js';
import type { Scenario } from '../scenario.js';
import type { Party } from '../world.js';
import { growTo } from './grow-to.js';

const DAY_MS = 24 * 3_600_000;
const KEY = { exchange: 'binance', stream: 'mark_price', symbol: 'btcusdt', day: DAY };

/** So many days after everything else. */
const later = (days: number): Clock => ({ ...NOON, nowMs: () => NOON.nowMs() + days * DAY_MS });

const seeker = (clock: Clock) => ({
  ...{ arena: ARENA, clock, signal: new AbortController().signal, owner: 'crash' },
  onEvent: () => undefined,
});

async function sweepIn({ compact }: Party, days: number): Promise<Outcome> {
  const request = { apply: true, ageMs: 7 * DAY_MS, keepGenerations: 0 };
  const { leftovers } = await sweep(request, { compact, ...seeker(later(days)) });
  const deleted = leftovers.filter(({ fate }) => fate === 'deleted').length;
  return { done: deleted, skipped: leftovers.length - deleted, failed: 0 };
}

async function collectIn({ raw, compact }: Party): Promise<Outcome> {
  const everything = {
    exchanges: undefined,
    streams: undefined,
    symbols: undefined,
    includesDay: () => true,
  };
  const { files, partitions } = await collectSpool(everything, {
    ...{ raw, compact, apply: true, graceMs: 3 * DAY_MS, filesMax: Infinity },
    ...seeker(later(10)),
  });
  const refused = partitions.filter(({ outcome }) => outcome === 'refused').length;
  return { done: files, skipped: 0, failed: refused };
}

async function rollBackIn({ compact }: Party, apply: boolean): Promise<Outcome> {
  const context = { compact, tool: 'ticklake crash', ...seeker(NOON) };
  try {
    await rollbackPartition(KEY, { generation: 1, apply }, context);
    return { done: 1, skipped: 0, failed: 0 };
  } catch (error) {
    if (!isLakeError(error)) throw error;
    return { done: 0, skipped: 0, failed: 1 };
  }
}

/** What an operator's timers do to a lake that stands, and what an operator does to it. */
export const UPKEEP: readonly Scenario[] = [
  {
    name: 'sweep',
    async prepare(party) {
      await growTo(party, 3);
      await compactIn(party);
      await sweepIn(party, 10);
    },
    // The second one takes the lease that the first has given back.
    async act(party) {
      const outcome = await sweepIn(party, 12);
      await sweepIn(party, 12);
      return outcome;
    },
  },
  {
    name: 'gc-raw',
    async prepare(party) {
      await arrive(party, await littleSpool());
      await compactIn(party);
    },
    act: collectIn,
  },
  {
    name: 'late merge after gc-raw',
    async prepare(party) {
      const all = await littleSpool({ files: 3 });
      await arrive(party, some(all, 0, 2));
      await compactIn(party);
      await collectIn(party);
      await arrive(party, some(all, 2));
    },
    act: compactIn,
  },
  {
    name: 'rollback',
    async prepare(party) {
      await growTo(party, 2);
      await compactIn(party);
    },
    act: (party) => rollBackIn(party, true),
    rest: (party) => rollBackIn(party, false),
  },
];
