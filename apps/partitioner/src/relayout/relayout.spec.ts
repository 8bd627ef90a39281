import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { layoutOf, type LayoutName, type Tier } from '@ticklake/partition';
import { localStore, memoryStore, type ObjectStore } from '@ticklake/storage';
import { createMultisetHash } from '@ticklake/columnar';
import { fetchFile } from '../partitions/fetch-file.js';
import { listPartitions } from '../partitions/list-partitions.js';
import { publishedState } from '../partitions/open-rows.js';
import { openLake } from '../reader/open-lake.js';
import { openTier } from '../reader/open-tier.js';
import { openRun, tierStore } from '../run-context.js';
import { ARENA, suiteDirectory } from '../testing/context.js';
import { rowsOf } from '../testing/rows.js';
import { runApp } from '../testing/run-app.js';
import { SAMPLE, TIERS, writeSampleLake, writeSampleSources } from '../testing/sample-lake.js';
import {
  keysOf,
  partition,
  processOf,
  publishedOf,
  storeOf,
  targetOf,
  tradesCsv,
} from '../testing/small-lake.js';
import { verifyPartition, type PartitionVerdict } from '../verify/verify-partition.js';
import { relayout as relayoutTier } from './relayout.js';

const directory = suiteDirectory();
const sources = join(directory, 'sources');
const START = join(directory, 'start');
/** The layouts that a lake goes through, back to its first. */
const WAY: readonly LayoutName[] = ['hive', 'dash-diagram', 'dash-code'];

beforeAll(async () => {
  writeSampleSources(sources);
  const more = ['--materialize-columns', 'venue,date'];
  await writeSampleLake(sources, START, { layout: 'dash-code', more });
});

const relayout = (tier: Tier, from: string, to: string, ...more: readonly string[]) =>
  runApp(['relayout', tier, '--lake', from, '--output', to, ...more]);

const manifestAt = async (store: ObjectStore, path: string) => (await publishedState(store, path))?.manifest;

/** What a tier has: its partitions by what they are of, with what proves them, and what all rows add up to. */
async function tierOf(lake: string, tier: Tier) {
  const openMoved = (url: string) => localStore(new URL(url).pathname);
  const { store, layout } = await openTier(localStore(lake), tier, { root: undefined, openMoved });
  const partitions: Record<string, unknown> = {};
  const sum = createMultisetHash();
  let rows = 0;
  for await (const { names, path } of listPartitions(store, layout)) {
    const manifest = await manifestAt(store, path);
    if (manifest === undefined) throw new Error(`nothing is published at ${path}`);
    const { day, instrument, dataType } = names;
    const { content, parquet_sha256, materialized, sources: own, receipt, derived_from } = manifest;
    // Files of candles that were made say by a path of which they were.
    const sha256 = derived_from === undefined ? parquet_sha256 : undefined;
    partitions[`${day} ${instrument} ${dataType}`] = { content, sha256, materialized, own, receipt };
    sum.addHash(content.multiset);
    rows += manifest.row_count;
  }
  return { partitions, rows, multiset: sum.hex() };
}

/** SHA-256 of every data object of a tier, copies too, by key. */
function bytesOf(lake: string, layout: LayoutName, tier: Tier): Readonly<Record<string, string>> {
  const root = join(lake, layoutOf(layout).roots[tier]);
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.parquet'),
  );
  return Object.fromEntries(
    names.sort().map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(root, name)))
        .digest('hex'),
    ]),
  );
}

describe.each(TIERS)('%s through all layouts and back', (tier) => {
  const lakes = WAY.map((layout) => join(directory, `way-${tier}`, layout));

  it('has the same rows, receipts and bytes wherever it is', async () => {
    const first = await tierOf(START, tier);
    expect(Object.keys(first.partitions)).toHaveLength(SAMPLE[tier].partitions);
    expect(first.rows).toBe(SAMPLE[tier].rows);
    let from = START;
    for (const [i, layout] of WAY.entries()) {
      const to = lakes[i] as string;
      const { code, out } = await relayout(tier, from, to, '--to', layout);
      expect(code).toBe(0);
      const { partitions, rows } = SAMPLE[tier];
      expect(out).toBe(
        `${partitions} partitions, ${rows} rows, ${partitions} published; content ${first.multiset}, as before\n`,
      );
      expect(await tierOf(to, tier)).toEqual(first);
      const verified = await runApp(['verify', tier, '--lake', to]);
      expect(verified).toMatchObject({
        code: 0,
        out: `${partitions} partitions, ${rows} rows, 0 not as they should be\n`,
      });
      from = to;
    }
    expect(bytesOf(lakes[2] as string, 'dash-code', tier)).toEqual(bytesOf(START, 'dash-code', tier));
  });

  it('run again publishes nothing and changes no object', async () => {
    const [to = '', from = ''] = lakes;
    const before = bytesOf(to, 'hive', tier);
    const { code, out } = await relayout(tier, START, to, '--to', 'hive');
    expect([code, out.includes(' 0 published; ')]).toEqual([0, true]);
    expect(bytesOf(to, 'hive', tier)).toEqual(before);
    const back = await relayout(tier, from, lakes[2] as string, '--to', 'dash-code');
    expect(back.out).toContain(' 0 published; ');
  });
});

it.each(TIERS)(
  '%s with other views, references and raw colons, and back, has the same bytes',
  async (tier) => {
    const [other, back] = [join(directory, 'other', tier), join(directory, 'back', tier)];
    const flags = ['--to', 'dash-code', '--copies', 'primary', '--views', 'by_venue', '--raw-colons'];
    expect((await relayout(tier, START, other, ...flags)).code).toBe(0);
    const verified = await runApp(['verify', tier, '--lake', other]);
    expect(verified.out).toContain(' rows, 0 not as they should be\n');
    const keys = Object.keys(bytesOf(other, 'dash-code', tier));
    expect(keys).toHaveLength(SAMPLE[tier].partitions);
    expect(keys.every((key) => key.startsWith('by_date/') && !key.includes('%3A'))).toBe(true);
    expect((await relayout(tier, other, back, '--to', 'dash-code', '--copies', 'all')).code).toBe(0);
    expect(bytesOf(back, 'dash-code', tier)).toEqual(bytesOf(START, 'dash-code', tier));
  },
);

describe('files', () => {
  const day = '2023-05-23';
  const trades = {
    'a_trades.csv': tradesCsv(day, [
      ['BTCUSDT', 1, 10],
      ['BTCUSDT', 2, 20],
    ]),
  };
  const scratch = join(directory, 'scratch');

  /** A lake of an earlier version of the program. */
  async function earlier() {
    const output = memoryStore();
    await partition(await storeOf(trades), output, { scratch, tool: 'earlier' });
    return output;
  }

  const openedOf = (output: ObjectStore) =>
    openTier(output, 'execution', { root: undefined, openMoved: () => output });
  const runTo = (output: ObjectStore) => openRun(output, targetOf({ scratch, layout: 'hive' }), processOf());
  const shaOf = async (output: ObjectStore) => {
    const [manifest] = (await publishedOf(await openedOf(output))).values();
    const copies = manifest?.copies.map(({ sha256 }) => sha256) ?? [];
    return { writer: manifest?.writer, sha256: [...new Set([manifest?.parquet_sha256, ...copies])] };
  };

  it('are copied byte for byte, also those that this version would write otherwise', async () => {
    const [from, to] = [await earlier(), memoryStore()];
    const { partitions, failures } = await relayoutTier(await openedOf(from), await runTo(to));
    expect([partitions, failures.size]).toEqual([1, 0]);
    const before = await shaOf(from);
    expect(before).toMatchObject({ writer: 'earlier', sha256: [expect.any(String)] });
    expect(await shaOf(to)).toEqual(before);
    const verified = await verifyAll(to);
    expect(verified.flatMap(({ findings }) => findings)).toEqual([]);
  });

  it('whose bytes change on their way fail, and nothing is published', async () => {
    const [from, to] = [await earlier(), memoryStore()];
    const { store, layout } = await openedOf(from);
    const open: ObjectStore['open'] = async (key) => {
      const source = await store.open(key);
      const read: typeof source.read = async (...range) => {
        const bytes = (await source.read(...range)).slice();
        bytes[40] = (bytes[40] ?? 0) ^ 1;
        return bytes;
      };
      return { ...source, bytes: undefined, read };
    };
    const { failures } = await relayoutTier({ store: { ...store, open }, layout }, await runTo(to));
    expect([...failures.values()]).toMatchObject([
      { kind: 'corrupt', code: 'DATA_MISMATCH', details: { findings: expect.stringContaining('sha256') } },
    ]);
    expect(await keysOf(to)).toEqual([]);
  });

  it('with the receipt of other rows than their manifest fail', async () => {
    const [from, to] = [await earlier(), memoryStore()];
    const { store } = await openedOf(from);
    for await (const { key } of store.list('')) {
      if (!key.endsWith('_trades.json')) continue;
      const text = Buffer.from((await store.get(key)).bytes).toString('utf8');
      const root = tierStore(from, { tier: 'execution', layout: 'dash-code', root: undefined });
      await root.put(
        key,
        Buffer.from(text.replaceAll(/"ordered":\s*"[0-9a-f]{32}"/g, `"ordered":"${'0'.repeat(32)}"`)),
      );
    }
    const { failures } = await relayoutTier(await openedOf(from), await runTo(to));
    expect([...failures.values()]).toMatchObject([{ kind: 'corrupt', code: 'RECEIPT' }]);
    expect(await keysOf(to)).toEqual([]);
  });

  it('stop where a signal comes', async () => {
    const [from, to] = [await earlier(), memoryStore()];
    const stopped = { ...(await runTo(to)), signal: AbortSignal.abort() };
    const place = await openedOf(from);
    const [[path, manifest] = ['', undefined]] = [...(await publishedOf(place))];
    if (manifest === undefined) throw new Error('nothing is published');
    const fetched = fetchFile({ store: place.store, path, manifest }, stopped);
    await expect(fetched).rejects.toMatchObject({ kind: 'cancelled' });
  });

  async function verifyAll(output: ObjectStore) {
    const { store, layout } = await openedOf(output);
    const verdicts: PartitionVerdict[] = [];
    for await (const listed of listPartitions(store, layout)) {
      const { signal } = new AbortController();
      verdicts.push(await verifyPartition(listed, { store, layout, arena: ARENA, signal }));
    }
    return verdicts;
  }
});

it('materialised columns stay in the files', async () => {
  const lake = openLake(join(directory, 'way-execution', 'hive'));
  const { store, layout } = await lake.tier('execution');
  for await (const { path } of listPartitions(store, layout))
    expect((await manifestAt(store, path))?.materialized).toEqual(['date', 'venue']);
  const read = lake.readExecutionData({ date: '2023-05-23', venue: 'deribit', dataType: 'trades' });
  expect(await rowsOf(read, ['venue'])).toEqual(Array.from({ length: 5 }, () => ['DERIBIT']));
});

it('candles that were made still say of which, in the paths of their layout', async () => {
  const lake = openLake(join(directory, 'way-ml', 'hive'));
  const { store, layout } = await lake.tier('ml');
  const made: (string | undefined)[] = [];
  for await (const { names, path } of listPartitions(store, layout)) {
    const { derived_from: from } = (await manifestAt(store, path)) ?? {};
    if (from !== undefined)
      expect(await manifestAt(store, from.path)).toMatchObject({ data_type: 'ohlcv_1m', date: names.day });
    made.push(`${names.dataType} ${from?.data_type} ${from?.rows_in} ${from?.rows_out}`);
  }
  expect(made.slice(0, 3).sort()).toEqual([
    'ohlcv_1h ohlcv_1m 30 1',
    'ohlcv_1m undefined undefined undefined',
    'ohlcv_5m ohlcv_1m 30 6',
  ]);
});

it('readers of the old place follow a tier that moved', async () => {
  const [old, now] = [join(directory, 'old'), join(directory, 'now')];
  await writeSampleLake(sources, old, { layout: 'dash-code' });
  const read = async (lake: string) =>
    rowsOf(openLake(lake).readExecutionData({ date: '2023-05-23', dataType: 'trades' }));
  const before = await read(old);
  expect(before).toHaveLength(15);
  const { code } = await relayout('execution', old, now, '--to', 'hive', '--from', 'dash-code', '--redirect');
  expect(code).toBe(0);
  const lake = openLake(old);
  expect((await lake.tier('execution')).layout.document.layout).toBe('hive');
  expect(await read(old)).toEqual(before);
  expect(await read(now)).toEqual(before);
  const verified = await runApp(['verify', 'execution', '--lake', old]);
  expect(verified.out).toBe('12 partitions, 60 rows, 0 not as they should be\n');
  expect((await lake.tier('ml')).layout.document.layout).toBe('dash-code');
});

describe('a partition that is damaged', () => {
  const [bad, to] = [join(directory, 'bad'), join(directory, 'bad-hive')];
  const damaged =
    'execution_data/by_date/year-2023/month-05/day-23/venue-deribit/instrument-deribit%3APERPETUAL%3ABTC-USD/trades.parquet';

  it('fails alone, and readers are not sent away', async () => {
    await writeSampleLake(sources, bad, { layout: 'dash-code' });
    const bytes = readFileSync(join(bad, damaged));
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    writeFileSync(join(bad, damaged), bytes);
    const { code, out } = await relayout('execution', bad, to, '--to', 'hive', '--redirect', '--json');
    expect(code).toBe(3);
    const { partitions, rows, published, failures } = JSON.parse(out) as Record<string, unknown>;
    expect({ partitions, rows, published }).toEqual({ partitions: 11, rows: 55, published: 11 });
    expect(failures).toEqual({
      [damaged.slice('execution_data/'.length)]: 'the data is not what its manifest describes',
    });
    expect((await openLake(bad).tier('execution')).layout.document.layout).toBe('dash-code');
  });

  it('is moved when it is mended', async () => {
    writeFileSync(join(bad, damaged), readFileSync(join(START, damaged)));
    await writeSampleLake(sources, bad, { layout: 'dash-code' });
    const { code, out } = await relayout('execution', bad, to, '--to', 'hive');
    expect(code).toBe(0);
    expect(out).toContain('12 partitions, 60 rows, 1 published; ');
  });
});

it.each([
  ['another layout than was expected', ['--from', 'hive', '--to', 'dash-diagram'], 15],
  ['the place where it is', ['--to', 'dash-code'], 2],
])('refuses %s', async (_, flags, expected) => {
  const { code, out, err } = await relayout(
    'execution',
    START,
    flags.includes('--from') ? join(directory, 'no') : START,
    ...flags,
  );
  expect([code, out]).toEqual([expected, '']);
  expect(err).toContain(expected === 15 ? 'laid out otherwise' : 'in the place where it is');
});
