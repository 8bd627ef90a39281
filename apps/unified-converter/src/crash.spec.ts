import { memoryStore, type ObjectStore } from '@ticklake/storage';
import { crashingStore } from '@ticklake/storage/testing';
import { METADATA_NAME, metadataSchema } from './documents/metadata.js';
import { partitionDataset } from './partitions/manifest.js';
import { readPublished } from '@ticklake/manifest';
import { suiteDirectory, testLake, type TestLake } from './testing/context.js';
import { binanceKlines, consolidatedTrades } from './testing/rows.js';

const directory = suiteDirectory();

async function copyOf(store: ObjectStore): Promise<ObjectStore> {
  const copy = memoryStore();
  for await (const { key } of store.list('')) await copy.put(key, (await store.get(key)).bytes);
  return copy;
}

async function putSources(lake: Pick<TestLake, 'put'>, bars: number): Promise<void> {
  await lake.put('BTCUSDT-1m-2024-01-01.csv', binanceKlines('2024-01-01', { bars }));
  await lake.put('BTCUSDT-1m-2024-01-02.csv', binanceKlines('2024-01-02', { bars: 3 }));
  await lake.put(
    'aggtrades_binance_BTCUSDT_consolidated.csv',
    consolidatedTrades('2024-01-01', { trades: bars }),
  );
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

describe.each([
  ['a first conversion', undefined],
  ['a conversion that replaces', 5],
])('%s that dies at any operation of its store', (_, before) => {
  it.each(['before', 'after'] as const)(
    '%s it takes effect: readers see old or new, and the next run ends the same',
    async (when) => {
      const start = testLake(directory);
      if (before !== undefined) {
        await putSources(start, before);
        await start.convert();
      }
      const old = await seen(start.output);
      await putSources(start, 7);
      const reference = testLake(directory, { data: start.data, output: await copyOf(start.output) });
      await reference.convert();
      const wanted = await seen(reference.output);
      let failAt = 1;
      for (; ; failAt++) {
        const output = await copyOf(start.output);
        const crashing = crashingStore(output, failAt, when);
        const dying = testLake(directory, { data: start.data, output: crashing });
        await dying.convert().catch(() => undefined);
        for (const [path, multiset] of Object.entries(await seen(output))) {
          expect([old[path], wanted[path]]).toContain(multiset);
        }
        if (!crashing.crashed) break;
        await testLake(directory, { data: start.data, output }).convert();
        expect(await seen(output)).toEqual(wanted);
        const metadata = metadataSchema.parse(
          JSON.parse(Buffer.from((await output.get(METADATA_NAME)).bytes).toString()),
        );
        expect(Object.values(metadata.data_types).map(({ rows }) => rows)).toEqual([10, 7]);
      }
      expect(failAt).toBeGreaterThan(30);
    },
  );
});
