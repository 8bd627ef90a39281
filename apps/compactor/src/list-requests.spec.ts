import { parseUtcDay } from '@ticklake/core';
import { memoryStore, type ObjectMeta, type ObjectStore } from '@ticklake/storage';
import { recordStore } from '@ticklake/storage/testing';
import { discoverPartitions, EVERYTHING, type PartitionFilter } from './discover-partitions.js';
import { compact } from './job.js';
import { nameFilter } from './name-filter.js';
import { planCompaction } from './plan.js';
import { testContext, testRequest } from './testing/context.js';

const STREAM = 'exchange=binance/stream=bbo/';
const FILE = '2026-02-03_10-00-00.parquet';
const ENTRIES = 2500;
const numbers = Array.from({ length: ENTRIES }, (_, i) => String(i).padStart(4, '0'));

/** 2,500 days, from 2020 on. */
const dates = numbers.map((_, i) =>
  new Date(Date.UTC(2020, 0, 1 + i)).toISOString().slice(0, 10).replaceAll('-', ''),
);

/** Holds `keys`; a memory store looks through all of them for every level, which makes this quadratic. */
function storeOf(keys: readonly string[]): ObjectStore {
  const levels = new Map<string, { prefixes: Set<string>; objects: ObjectMeta[] }>();
  const levelOf = (prefix: string) => {
    const level = levels.get(prefix) ?? { prefixes: new Set(), objects: [] };
    levels.set(prefix, level);
    return level;
  };
  for (const key of keys) {
    let start = 0;
    for (let end = key.indexOf('/'); end >= 0; end = key.indexOf('/', start)) {
      levelOf(key.slice(0, start)).prefixes.add(key.slice(0, end + 1));
      start = end + 1;
    }
    levelOf(key.slice(0, start)).objects.push({ key, size: 1, etag: 'e', modifiedAtMs: 0 });
  }
  return {
    ...memoryStore(),
    children: (prefix) => {
      const { prefixes, objects } = levelOf(prefix);
      return Promise.resolve({ prefixes: [...prefixes], objects });
    },
  };
}

/** Every prefix that something lies below, the root too. */
function prefixesOf(keys: readonly string[]): Set<string> {
  const prefixes = new Set<string>();
  for (const key of keys) {
    for (let end = key.indexOf('/'); end >= 0; end = key.indexOf('/', end + 1)) {
      prefixes.add(key.slice(0, end + 1));
    }
  }
  return prefixes.add('');
}

/** Walks all of it. */
async function discover(keys: readonly string[], filter: PartitionFilter = EVERYTHING) {
  const { store, operations } = recordStore(storeOf(keys));
  const discovery = discoverPartitions(store, filter, new AbortController().signal);
  let partitions = 0;
  for await (const _ of discovery.partitions()) partitions++;
  const listed = operations.map(({ key }) => key);
  expect(operations.filter(({ name }) => name !== 'children')).toEqual([]);
  expect(discovery.listCount).toBe(operations.length);
  // None twice.
  expect(new Set(listed).size).toBe(listed.length);
  return { partitions, listed };
}

describe('LIST requests are one per prefix, whatever lies below (spec rows CM-26, CM-27, decision C-10)', () => {
  const levels: Record<string, readonly string[]> = {
    exchanges: numbers.map((n) => `exchange=e${n}/stream=bbo/symbol=btcusdt/${FILE}`),
    streams: numbers.map((n) => `exchange=binance/stream=s${n}/symbol=btcusdt/${FILE}`),
    symbols: numbers.map((n) => `${STREAM}symbol=s${n}/${FILE}`),
    dates: dates.map((date) => `${STREAM}symbol=btcusdt/date=${date}/part-1580515200-000001.parquet`),
    files: numbers.map((n) => `${STREAM}symbol=btcusdt/date=20260203/part-1770110000-00${n}.parquet`),
  };
  it.each([
    ['exchanges', 1 + 3 * ENTRIES, ENTRIES],
    ['streams', 2 + 2 * ENTRIES, ENTRIES],
    ['symbols', 3 + ENTRIES, ENTRIES],
    ['dates', 4 + ENTRIES, ENTRIES],
    ['files', 5, 1],
  ])('2,500 %s: %i requests for %i partitions', async (level, requests, expected) => {
    const keys = levels[level] ?? [];
    const { partitions, listed } = await discover(keys);
    expect([partitions, listed.length]).toEqual([expected, requests]);
    expect(new Set(listed)).toEqual(prefixesOf(keys));
  });

  it('what a filter leaves out is not listed', async () => {
    const symbols = levels['symbols'] ?? [];
    const wanted = (patterns: readonly string[]) => ({ ...EVERYTHING, symbols: nameFilter(patterns) });
    expect((await discover(symbols, wanted(['s00*']))).listed).toHaveLength(3 + 100);
    expect((await discover(symbols, wanted(['s0001', 's2499', 's9999']))).listed).toHaveLength(3 + 2);
    expect((await discover(symbols, wanted(['!s0*']))).listed).toHaveLength(3 + 1500);
    const nowhere = { ...EVERYTHING, exchanges: nameFilter(['okx']) };
    expect((await discover(symbols, nowhere)).listed).toEqual(['']);
    const includesDay = (day: string) => day === parseUtcDay('20260203');
    expect((await discover(levels['dates'] ?? [], { ...EVERYTHING, includesDay })).listed).toHaveLength(
      4 + 1,
    );
  });
});

describe('what a run and a plan tell', () => {
  it('is what they asked of the store', async () => {
    const keys = numbers.map((n) => `${STREAM}symbol=s${n}/2026-02-01_10-00-00.parquet`);
    const { store: raw, operations } = recordStore(storeOf(keys));
    const context = testContext({ raw, compact: memoryStore() }, { today: '2026-02-04' });
    const plan = await planCompaction(testRequest(), context);
    expect(plan.listCount).toBe(3 + ENTRIES);
    expect(operations).toHaveLength(3 + ENTRIES);
    const summary = await compact(testRequest(), context);
    expect(summary).toMatchObject({ listCount: 3 + ENTRIES, done: 0, lastCompactedDay: '20260203' });
    expect(operations).toHaveLength(2 * (3 + ENTRIES));
  });
});
