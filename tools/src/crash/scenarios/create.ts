import { compactIn } from '../compact-in.js';
import { arrive, littleSpool, some } from '../little-spool.js';
import type { Scenario } from '../scenario.js';

/** A third file of a partition of two. */
const lateFile = async () => some(await littleSpool({ files: 3 }), 2);
const twoFiles = async () => some(await littleSpool({ files: 3 }), 0, 2);

/** First publications. */
export const CREATE: readonly Scenario[] = [
  {
    name: 'create',
    prepare: async (party) => arrive(party, await twoFiles()),
    act: compactIn,
    rival: { arrives: lateFile, act: compactIn },
  },
  {
    name: "create beside another's orphan",
    async prepare(party) {
      await arrive(party, await twoFiles());
      const [other] = (await littleSpool({ seed: 9, files: 1 })).values();
      const key = 'exchange=binance/stream=mark_price/symbol=btcusdt/date=20260203/data.parquet';
      await party.compact.put(key, other ?? new Uint8Array());
    },
    act: compactIn,
    rival: { act: compactIn },
  },
  {
    name: 'create two at once',
    async prepare(party) {
      await arrive(party, await littleSpool());
      await arrive(party, await littleSpool({ symbol: 'ETHUSDT', seed: 2 }));
    },
    act: (party) => compactIn(party, { workers: 2 }),
  },
];
