import { memoryStore, type ObjectStore } from '@ticklake/storage';
import { crashingStore } from '@ticklake/storage/testing';
import type { ConvertRequest } from './convert-request.js';
import { METADATA_NAME, metadataSchema } from './documents/metadata.js';
import { partitionDataset } from './partitions/manifest.js';
import { readPublished } from '@ticklake/manifest';
import { suiteDirectory, testLake, type TestLake } from './testing/context.js';
import { binanceKlines, consolidatedTrades, dayMs } from './testing/rows.js';

const directory = suiteDirectory();

async function copyOf(store: ObjectStore): Promise<ObjectStore> {
  const copy = memoryStore();
  for await (const { key } of store.list('')) await copy.put(key, (await store.get(key)).bytes);
  return copy;
}

/** Two days of bars and one of trades. */
async function putMarket(lake: Pick<TestLake, 'put'>, bars: number): Promise<void> {
  await putBars(lake, bars);
  await lake.put('BTCUSDT-1m-2024-01-02.csv', binanceKlines('2024-01-02', { bars: 3 }));
  await lake.put(
    'aggtrades_binance_BTCUSDT_consolidated.csv',
    consolidatedTrades('2024-01-01', { trades: bars }),
  );
}

/** A day of bars, and what may take the place of those that are derived of it. */
async function putBars(lake: Pick<TestLake, 'put'>, bars: number): Promise<void> {
  await lake.put('BTCUSDT-1m-2024-01-01.csv', binanceKlines('2024-01-01', { bars }));
  const five = `${dayMs('2024-01-01')},2,3,1,2,1\n`;
  await lake.put('five.csv', `timestamp,open,high,low,close,volume\n${five}`);
}

/** What readers see of every partition: its rows as they hash, wherever the data lies. */
async function seen(output: ObjectStore): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { key } of output.list('')) {
    if (!key.endsWith('/_manifest.json')) continue;
    const path = key.slice(0, key.lastIndexOf('/') + 1);
    const published = await readPublished(partitionDataset(output, path));
    if (published !== undefined) found[path] = published.manifest.content.multiset;
  }
  return found;
}

/** What dies, and what was there before. */
interface DyingRun {
  readonly of: string;
  put(lake: TestLake, bars: number): Promise<void>;
  /** Bars of the days that are published before; none where nothing is. */
  readonly before?: { readonly bars: number; readonly request?: Partial<ConvertRequest> };
  readonly request: Partial<ConvertRequest>;
}

const FIVE = { timeframe: '5m', forceRerun: true, sources: { klines: ['five.csv'] } } as const;

describe.each<DyingRun>([
  { of: 'a first conversion', put: putMarket, request: {} },
  { of: 'a conversion that replaces', put: putMarket, before: { bars: 5 }, request: {} },
  { of: 'a conversion that derives', put: putBars, request: { resample: ['5m'] } },
  {
    of: 'a conversion that derives again',
    put: putBars,
    before: { bars: 5, request: { resample: ['5m'] } },
    request: { resample: ['5m'] },
  },
  {
    of: 'a conversion that replaces what was derived',
    put: putBars,
    before: { bars: 7, request: { resample: ['5m'] } },
    request: FIVE,
  },
])('$of that dies at any operation of its store', ({ before, put, request }) => {
  it.each(['before', 'after'] as const)(
    '%s it takes effect: readers see old or new, and the next run ends the same',
    async (when) => {
      const start = testLake(directory);
      if (before !== undefined) {
        await put(start, before.bars);
        await start.convert(before.request);
      }
      const old = await seen(start.output);
      await put(start, 7);
      const reference = testLake(directory, { data: start.data, output: await copyOf(start.output) });
      await reference.convert(request);
      const wanted = await seen(reference.output);
      const wantedRows = await rowsOf(reference.output);
      let failAt = 1;
      for (; ; failAt++) {
        const output = await copyOf(start.output);
        const crashing = crashingStore(output, failAt, when);
        const dying = testLake(directory, { data: start.data, output: crashing });
        await dying.convert(request).catch(() => undefined);
        for (const [path, multiset] of Object.entries(await seen(output))) {
          expect([old[path], wanted[path]]).toContain(multiset);
        }
        if (!crashing.crashed) break;
        await testLake(directory, { data: start.data, output }).convert(request);
        expect(await seen(output)).toEqual(wanted);
        expect(await rowsOf(output)).toEqual(wantedRows);
      }
      expect(failAt).toBeGreaterThan(30);
    },
  );
});

/** What the metadata says of every dataset. */
async function rowsOf(output: ObjectStore): Promise<Record<string, number>> {
  const { bytes } = await output.get(METADATA_NAME);
  const metadata = metadataSchema.parse(JSON.parse(Buffer.from(bytes).toString()));
  const datasets = Object.values(metadata.data_types).flatMap((type) => Object.entries(type.datasets));
  return Object.fromEntries(datasets.map(([path, { rows }]) => [path, rows]));
}
