import { parseUtcDay } from '@ticklake/core';
import { memoryStore } from '@ticklake/storage';
import { tierLayout } from './layout/tier-layout.js';
import { coverageOf } from './coverage.js';
import { listPartitions } from './partitions/list-partitions.js';
import { manifestNameOf } from './partitions/manifest.js';

const INSTRUMENTS = ['BINANCE:SPOT_PAIR:BTC-USD', 'BINANCE:SPOT_PAIR:BTC-USDT'];

describe.each(['dash-code', 'dash-diagram', 'hive'] as const)('coverage in %s', (layout) => {
  const paths = tierLayout({
    ...{ schema_version: 'architecture-layout/1', tier: 'execution', layout, raw_colons: false },
    ...{ views: ['by_date'], copies: 'all' },
  });

  /** A store where manifests of these days are, and rows without one of others. */
  async function storeOf(published: readonly string[], left: readonly string[] = []) {
    const store = memoryStore();
    for (const instrument of INSTRUMENTS) {
      for (const day of [...published, ...left].map(parseUtcDay)) {
        const names = { day, instrument, dataType: 'trades', timeframe: undefined };
        const { primary } = paths.marketPaths(names);
        await store.put(primary, new Uint8Array());
        const end = primary.lastIndexOf('/') + 1;
        const manifest = primary.slice(0, end) + manifestNameOf(primary.slice(end));
        if (published.includes(day)) await store.put(manifest, new Uint8Array());
      }
    }
    return store;
  }

  it('has the days of each instrument, and those that are missing between', async () => {
    const store = await storeOf(['2024-02-28', '2024-03-02']);
    expect(await coverageOf(listPartitions(store, paths))).toEqual(
      INSTRUMENTS.map((instrument) => ({
        ...{ instrument, dataType: 'trades', first: '2024-02-28', last: '2024-03-02', days: 2 },
        missing: ['2024-02-29', '2024-03-01'],
      })),
    );
  });

  it('has nothing of rows that no manifest publishes', async () => {
    const store = await storeOf(['2024-02-28'], ['2024-02-29']);
    const found = await coverageOf(listPartitions(store, paths));
    expect(found.map(({ days, last }) => [days, last])).toEqual(INSTRUMENTS.map(() => [1, '2024-02-28']));
  });
});
