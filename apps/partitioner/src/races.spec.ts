import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { sha256Of } from '@ticklake/core';
import { localStore, memoryStore, type ObjectStore } from '@ticklake/storage';
import { interceptStore } from '@ticklake/storage/testing';
import { partitionAvailabilityData } from './partition-data.js';
import { openLake } from './reader/open-lake.js';
import { openTier } from './reader/open-tier.js';
import { relayout } from './relayout/relayout.js';
import { openRun } from './run-context.js';
import { saveAndUploadPartitions } from './save-partitions.js';
import { batchOf, NOON, suiteDirectory } from './testing/context.js';
import {
  keysOf,
  partition,
  processOf,
  publishedOf,
  storeOf,
  targetOf,
  tradesCsv,
} from './testing/small-lake.js';
import { rowsOf } from './testing/rows.js';

const scratch = suiteDirectory();
const DAY = '2023-05-23';
const WRITERS = 4;
const ROWS = 5;

/** Trades of a source: its number is their price, so that rows say whose they are. */
const sourceOf = (number: number): Record<string, string> => ({
  [`${number}_trades.csv`]: tradesCsv(
    DAY,
    Array.from({ length: ROWS }, (_, i) => ['BTCUSDT', i * 10 + number, number]),
  ),
});

const publish = async (output: ObjectStore, ...numbers: readonly number[]) =>
  partition(await storeOf(Object.assign({}, ...numbers.map(sourceOf))), output, { scratch });

/** Every copy has the bytes that the manifest says, and so has the data object. */
async function expectWhole(output: ObjectStore, tier: 'execution' | 'availability' = 'execution') {
  const opened = await openTier(output, tier, { root: undefined, openMoved: () => output });
  const published = await publishedOf(opened);
  for (const [path, { copies, parquet_sha256, data }] of published) {
    expect(path.endsWith(`/${data}`)).toBe(true);
    for (const one of [{ path, sha256: parquet_sha256 }, ...copies])
      expect([one.path, await sha256Of(await opened.store.open(one.path))]).toEqual([one.path, one.sha256]);
  }
  return [...published.values()];
}

let stores = 0;
function newLocalStore(): ObjectStore {
  const directory = join(scratch, `store-${stores++}`);
  mkdirSync(directory);
  return localStore(directory);
}

it.each([
  ['a memory store', () => memoryStore()],
  ['a local store', newLocalStore],
])(
  'several writers of one partition in %s: every source is in it once, and readers see whole sources',
  async (_, open) => {
    const output = open();
    await publish(output, 0);
    let writing = true;
    const seen = new Set<string>();
    const reader = async (given: object) => {
      while (writing) {
        const lake = openLake(output);
        const prices = await rowsOf(lake.readExecutionData({ date: DAY, ...given }), ['price']);
        lake.close();
        const counts = new Map<unknown, number>();
        for (const [price] of prices) counts.set(price, (counts.get(price) ?? 0) + 1);
        expect(new Set(counts.values())).toEqual(new Set([ROWS]));
        expect(counts.has(0)).toBe(true);
        seen.add([...counts.keys()].sort().join());
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const readers = [
      reader({}),
      reader({ venue: 'binance' }),
      reader({ instrumentId: 'binance:SPOT_PAIR:BTC-USDT' }),
    ];
    const numbers = Array.from({ length: WRITERS }, (_unused, i) => i + 1);
    try {
      await Promise.all(numbers.map((number) => publish(output, number)));
    } finally {
      writing = false;
    }
    await Promise.all(readers);
    const [manifest, more] = await expectWhole(output);
    expect(more).toBeUndefined();
    expect(manifest?.sources.map(({ name }) => name).sort()).toEqual(
      [0, ...numbers].map((n) => `${n}_trades.csv`),
    );
    expect(manifest?.row_count).toBe((WRITERS + 1) * ROWS);
    expect(seen.size).toBeGreaterThan(0);
  },
);

it('writers of the same source at once publish it once', async () => {
  const output = memoryStore();
  await Promise.all([publish(output, 1), publish(output, 1), publish(output, 1)]);
  const [manifest] = await expectWhole(output);
  expect([manifest?.row_count, manifest?.generation]).toEqual([ROWS, 1]);
});

/** Runs `other` to its end before the first put of a key that ends so. */
function overtaken(output: ObjectStore, end: string, other: () => Promise<unknown>): ObjectStore {
  let pending: (() => Promise<unknown>) | undefined = other;
  return interceptStore(output, async ({ name, key }, work) => {
    const overtake = pending;
    if (name === 'put' && key.endsWith(end) && overtake !== undefined) {
      pending = undefined;
      await overtake();
    }
    return work();
  });
}

it.each(['/binance_trades.parquet', '/_trades.json'])(
  'a writer that is overtaken before it puts %s by one who has its source too leaves no copy torn',
  async (end) => {
    const output = memoryStore();
    const slow = overtaken(output, end, () => publish(output, 1, 2));
    const [rows] = await publish(slow, 2);
    expect(rows?.partitions.map(({ status }) => status)).toEqual(['unchanged']);
    const [manifest] = await expectWhole(output);
    expect(manifest?.row_count).toBe(2 * ROWS);
  },
);

const instruments = (...ids: readonly string[]) =>
  batchOf({
    instrument_id: ids,
    venue: ids.map((id) => id.split(':')[0] as string),
    instrument_type: ids.map((id) => id.split(':')[1] as string),
    available_from: ids.map(() => DAY),
    available_to: ids.map(() => '2025-10-22'),
  });

async function saveInstruments(output: ObjectStore, ids: readonly string[], overwrite = false) {
  const set = await partitionAvailabilityData([instruments(...ids)], { date: DAY });
  const options = { output, scratchDirectory: scratch, clock: NOON, overwrite };
  const [uploaded] = await saveAndUploadPartitions(set, options);
  return uploaded;
}

it('an overtaken publication of instruments leaves the copies of venues and types whole', async () => {
  const output = memoryStore();
  const [btc, eth] = ['BINANCE:SPOT_PAIR:BTC-USDT', 'BINANCE:SPOT_PAIR:ETH-USDT'];
  await saveInstruments(output, [btc]);
  const slow = overtaken(output, '/venue_availability.parquet', () => saveInstruments(output, [eth]));
  await saveInstruments(slow, [eth]);
  const [manifest] = await expectWhole(output, 'availability');
  expect(manifest?.row_count).toBe(2);
  // A run that died: its copies are there, and not its manifest.
  const other = memoryStore();
  await saveInstruments(other, ['BINANCE:PERPETUAL:BTC-USDT']);
  const opened = await openTier(output, 'availability', { root: undefined, openMoved: () => output });
  const others = await openTier(other, 'availability', { root: undefined, openMoved: () => other });
  const [path] = [...(await publishedOf(others)).values()].flatMap(({ copies }) =>
    copies.map((one) => one.path),
  );
  const root = 'instrument_availability/';
  await output.put(`${root}${path}`, await others.store.open(path as string));
  expect((await saveInstruments(output, [btc]))?.status).toBe('unchanged');
  expect((await publishedOf(opened)).size).toBe(1);
  await expectWhole(output, 'availability');
});

it('a publication that is refused leaves the copies of what is published alone', async () => {
  const [source, output] = [memoryStore(), memoryStore()];
  await publish(source, 1);
  await partition(await storeOf(sourceOf(2)), output, { scratch, layout: 'hive' });
  const tier = await openTier(source, 'execution', { root: undefined, openMoved: () => source });
  const run = await openRun(output, targetOf({ layout: 'hive', scratch }), processOf());
  const { failures, failed } = await relayout(tier, run);
  expect(failed).toBe(1);
  expect([...failures.values()][0]).toMatchObject({ kind: 'conflict', code: 'ALREADY_PUBLISHED' });
  const [manifest] = await expectWhole(output);
  expect(manifest?.sources.map(({ name }) => name)).toEqual(['2_trades.csv']);
});

it('a publication that is refused leaves the copies of damaged rows alone: they may be all there is of them', async () => {
  const [source, output] = [memoryStore(), memoryStore()];
  await publish(source, 1);
  await publish(output, 2);
  const rows = (await keysOf(output)).filter((key) => key.endsWith('.parquet'));
  const copies = rows.filter((key) => !key.includes('/by_date/'));
  const before = await Promise.all(copies.map(async (key) => sha256Of(await output.open(key))));
  for (const key of rows) if (!copies.includes(key)) await output.delete(key);
  const tier = await openTier(source, 'execution', { root: undefined, openMoved: () => source });
  const run = await openRun(output, targetOf({ scratch }), processOf());
  expect((await relayout(tier, run)).failed).toBe(1);
  expect(await Promise.all(copies.map(async (key) => sha256Of(await output.open(key))))).toEqual(before);
});

it('a run leaves what is published, and its copies, as another version wrote them', async () => {
  const output = memoryStore();
  for (const tool of ['version 1', 'version 2 with a longer name']) {
    const source = memoryStore();
    await partition(await storeOf(sourceOf(1)), source, { scratch, tool });
    const tier = await openTier(source, 'execution', { root: undefined, openMoved: () => source });
    const run = await openRun(output, targetOf({ layout: 'hive', scratch }), processOf());
    expect((await relayout(tier, run)).failed).toBe(0);
    const [manifest] = await expectWhole(output);
    expect(manifest?.writer).toBe('version 1');
  }
});

it('of two first runs that want other layouts the slower one publishes nothing', async () => {
  const store = memoryStore();
  let isFirst = true;
  const slow = interceptStore(store, async ({ name }, proceed) => {
    if (name === 'put' && isFirst) {
      isFirst = false;
      await partition(await storeOf(sourceOf(1)), store, { scratch, layout: 'hive' });
    }
    return proceed();
  });
  await expect(partition(await storeOf(sourceOf(2)), slow, { scratch })).rejects.toMatchObject({
    ...{ kind: 'conflict', code: 'LAYOUT', details: { key: 'layout', found: 'hive' } },
  });
  expect((await keysOf(store)).filter((key) => key.includes('year-'))).toEqual([]);
  const [{ sources } = { sources: [] }, ...others] = await expectWhole(store);
  expect([sources.map(({ name }) => name), others]).toEqual([['1_trades.csv'], []]);
});

it('a first run whose source changes before it publishes leaves nothing, and the next one may want another layout', async () => {
  const [input, output] = [await storeOf(sourceOf(1)), memoryStore()];
  const changing = interceptStore(input, async ({ name, key }, proceed) => {
    // A source is looked at once more when its rows are written.
    if (name === 'head') await input.put(key, new TextEncoder().encode(sourceOf(2)['2_trades.csv']));
    return proceed();
  });
  const failed = partition(changing, output, { scratch });
  await expect(failed).rejects.toMatchObject({ kind: 'conflict', code: 'SOURCE_CHANGED' });
  expect(await keysOf(output)).toEqual([]);
  await partition(input, output, { scratch, layout: 'hive' });
  expect(await expectWhole(output)).toHaveLength(1);
});

it('a layout that is gone is said again by the run that finds its partitions published', async () => {
  const output = memoryStore();
  await publish(output, 1);
  await output.delete('execution_data/_layout.json');
  await publish(output, 1);
  expect(await expectWhole(output)).toHaveLength(1);
});
