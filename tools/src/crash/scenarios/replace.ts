import { parseUtcDay } from '@ticklake/core';
import { compactIn } from '../compact-in.js';
import { arrive, DAY, littleSpool, some } from '../little-spool.js';
import type { Scenario } from '../scenario.js';
import { growTo } from './grow-to.js';

const LONG_AGO = parseUtcDay('2026-01-10');

const fourthFile = async () => some(await littleSpool({ files: 4 }), 3);

/** Publications that take the place of others. */
export const REPLACE: readonly Scenario[] = [
  {
    name: 'late merge',
    prepare: (party) => growTo(party, 2),
    act: compactIn,
    rival: { arrives: fourthFile, act: compactIn },
  },
  { name: 'second late merge', prepare: (party) => growTo(party, 3), act: compactIn },
  {
    name: 'overwrite',
    prepare: (party) => growTo(party, 2, LONG_AGO),
    act: (party) => compactIn(party, { days: { mode: 'single', day: LONG_AGO }, overwrite: true }),
    rest: (party) => compactIn(party, { days: { mode: 'single', day: LONG_AGO } }),
    rival: {
      act: (party) => compactIn(party, { days: { mode: 'single', day: LONG_AGO }, overwrite: true }),
    },
  },
  {
    name: 'sources gone',
    async prepare(party) {
      await arrive(party, await littleSpool());
      await compactIn(party);
      const [key = ''] = (await littleSpool()).keys();
      await party.raw.delete(key);
    },
    act: (party) => compactIn(party, { days: { mode: 'single', day: DAY }, overwrite: true }),
    failed: 1,
    keepsPublished: true,
  },
  {
    name: 'lost data made again',
    async prepare(party) {
      await arrive(party, await littleSpool());
      await compactIn(party);
      await party.compact.delete(
        'exchange=binance/stream=mark_price/symbol=btcusdt/date=20260203/data.parquet',
      );
    },
    act: compactIn,
  },
];
