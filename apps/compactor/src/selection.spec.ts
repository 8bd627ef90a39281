import { parseUtcDay } from '@ticklake/core';
import { inShard } from '@ticklake/jobs';
import type { ObjectStore } from '@ticklake/storage';
import { STATE_KEY } from './documents.js';
import { compact, type CompactSummary } from './job.js';
import { planCompaction } from './plan.js';
import type { CompactRequest } from './scope.js';
import { TAKE_EVERYTHING, type Selection } from './select-partitions.js';
import { testContext, testRequest } from './testing/context.js';
import { contentsOf, emptyStore, putSpool } from './testing/spool.js';
import { readStateOf, rowsFrom } from './testing/two-partitions.js';

interface Stores {
  readonly raw: ObjectStore;
  readonly compact: ObjectStore;
}

const directory = (symbol: string) => `exchange=okx/stream=bbo/symbol=${symbol}/`;

/** Symbols a, b, c on each of `days` of February; later symbols have more rows. */
async function spoolOf(days: readonly number[], symbols = ['a', 'b', 'c']): Promise<Stores> {
  const stores = { raw: emptyStore(), compact: emptyStore() };
  for (const day of days) {
    for (const [i, symbol] of symbols.entries()) await putDay(stores, symbol, day, 3 + 40 * i);
  }
  return stores;
}

async function putDay({ raw }: Stores, symbol: string, day: number, rows = 3, hour = '10') {
  await putSpool(raw, `${directory(symbol)}2026-02-0${day}_${hour}-00-00.parquet`, rowsFrom(0, rows));
}

async function seed({ compact: lake }: Stores, last: string) {
  await lake.put(STATE_KEY, new TextEncoder().encode(JSON.stringify({ last_compacted_date: last })));
}

/** Runs at noon of a day of February. */
function run(
  stores: Stores,
  today: number,
  selection: Partial<Selection> = {},
  changes: Partial<CompactRequest> = {},
): Promise<CompactSummary> {
  const request = testRequest({ ...changes, selection: { ...TAKE_EVERYTHING, ...selection } });
  return compact(request, testContext(stores, { today: `2026-02-0${today}` }));
}

async function publishedIn(stores: Stores): Promise<string[]> {
  const keys = [...(await contentsOf(stores.compact)).keys()];
  return keys
    .filter((key) => key.endsWith('/meta.json'))
    .map((key) => key.replace(/.*symbol=(.*)\/date=202602(..).*/, '$1$2'))
    .sort();
}

const range = (from: string, to: string) =>
  ({ mode: 'backfill', fromDay: parseUtcDay(from), toDay: parseUtcDay(to) }) as const;

describe('--max-days', () => {
  it('of a catch-up takes the oldest days and leaves the others missing', async () => {
    const stores = await spoolOf([2, 3, 4], ['a']);
    await seed(stores, '20260201');
    const first = await run(stores, 5, { daysMax: 2 });
    expect(first).toMatchObject({ done: 2, days: ['2026-02-02', '2026-02-03'], daysLeft: 1 });
    expect(first.lastCompactedDay).toBe('20260203');
    const second = await run(stores, 5, { daysMax: 2 });
    expect(second).toMatchObject({ done: 1, daysLeft: 0, lastCompactedDay: '20260204' });
  });

  it('takes the newest with --order newest, and the watermark waits for the others', async () => {
    const stores = await spoolOf([2, 3, 4], ['a']);
    await seed(stores, '20260201');
    const watermarks: unknown[] = [];
    for (let i = 0; i < 3; i++) {
      const { daysLeft, done, lastCompactedDay } = await run(stores, 5, { daysMax: 1, order: 'newest' });
      watermarks.push([done, daysLeft, lastCompactedDay]);
    }
    expect(watermarks).toEqual([
      [1, 2, '20260201'],
      [1, 1, '20260201'],
      [1, 0, '20260204'],
    ]);
  });

  it('is not used up by a day that fails again and again', async () => {
    const stores = await spoolOf([2, 3, 4], ['a']);
    await seed(stores, '20260201');
    await stores.raw.put(`${directory('a')}2026-02-02_11-00-00.parquet`, new Uint8Array([1, 2, 3]));
    const outcomes: unknown[] = [];
    for (let i = 0; i < 3; i++) {
      const { done, failed, lastCompactedDay } = await run(stores, 5, { daysMax: 1 }, { lateDays: 0 });
      outcomes.push([done, failed, lastCompactedDay]);
    }
    expect(outcomes).toEqual([
      [0, 1, '20260201'],
      [1, 1, '20260201'],
      [1, 1, '20260201'],
    ]);
    expect(await publishedIn(stores)).toEqual(['a03', 'a04']);
  });

  it('of a backfill goes on where the last run ended', async () => {
    const stores = await spoolOf([1, 2, 3, 4], ['a']);
    const days = range('20260201', '20260204');
    for (const left of [2, 0]) {
      const summary = await run(stores, 9, { daysMax: 2, order: 'newest' }, { days });
      expect(summary).toMatchObject({ done: 2, daysLeft: left });
    }
  });

  it('does not take a rebuilt state for confirmed while days are left', async () => {
    const stores = await spoolOf([1, 4, 5], ['a']);
    await run(stores, 9, {}, { days: range('20260201', '20260201') });
    await stores.compact.delete(STATE_KEY);
    const first = await run(stores, 6, { daysMax: 3 });
    expect(first).toMatchObject({ done: 1, daysLeft: 1, lastCompactedDay: '20260204' });
    expect((await readStateOf(stores.compact)).unconfirmed).toBe(true);
    expect(await run(stores, 6, { daysMax: 3 })).toMatchObject({ done: 1, lastCompactedDay: '20260205' });
    expect((await readStateOf(stores.compact)).unconfirmed).toBeUndefined();
  });
});

describe('--max-partitions', () => {
  it('leaves the rest for the next run, and the day unfinished', async () => {
    const stores = await spoolOf([3]);
    const first = await run(stores, 4, { partitionsMax: 2 });
    expect(first).toMatchObject({ done: 2, skipped: 1, failed: 0, leftOver: 1, lastCompactedDay: null });
    expect((await readStateOf(stores.compact)).days['20260203']?.status).toBe('open');
    // A day later, though no day was ever finished.
    await putDay(stores, 'a', 4);
    const second = await run(stores, 5, { partitionsMax: 2 });
    expect(second).toMatchObject({ done: 2, skipped: 2, leftOver: 0, lastCompactedDay: '20260204' });
  });

  it.each([1, 4])('takes the first of the order with %i workers', async (workers) => {
    const stores = await spoolOf([2, 3]);
    const days = range('20260202', '20260203');
    const selection = { partitionsMax: 2, order: 'largest' } as const;
    expect(await run(stores, 4, selection, { days, workers })).toMatchObject({ done: 2, leftOver: 4 });
    expect(await publishedIn(stores)).toEqual(['c02', 'c03']);
  });

  it('does not count what is published already, refused or fails', async () => {
    const stores = await spoolOf([3], ['a', 'b', 'c', 'd']);
    await stores.raw.put(`${directory('a')}2026-02-03_11-00-00.parquet`, new Uint8Array([1, 2, 3]));
    expect(await run(stores, 4, { partitionsMax: 1 })).toMatchObject({ done: 1, failed: 1, leftOver: 2 });
    expect(await run(stores, 4, { partitionsMax: 1 })).toMatchObject({ done: 1, failed: 1, leftOver: 1 });
    expect(await publishedIn(stores)).toEqual(['b03', 'c03']);
  });

  it('keeps a late file in mind until it is merged, however old its day grows', async () => {
    const stores = await spoolOf([3], ['a', 'b']);
    await run(stores, 4);
    for (const symbol of ['a', 'b']) await putDay(stores, symbol, 3, 5, '23');
    const first = await run(stores, 5, { partitionsMax: 1 });
    expect(first).toMatchObject({ done: 1, leftOver: 1 });
    const state = await readStateOf(stores.compact);
    expect(state.partitions['okx/bbo/b/20260203']).toMatchObject({
      status: 'stale',
      error_type: 'LEFT_OVER',
    });
    expect(state.days['20260203']?.status).toBe('open');
    // Outside of --late-days it is told, and not forgotten.
    expect(await run(stores, 8, {}, { lateDays: 2 })).toMatchObject({ failed: 1 });
    expect(await run(stores, 8)).toMatchObject({ done: 1, failed: 0 });
    expect((await readStateOf(stores.compact)).days['20260203']?.status).toBe('success');
  });

  it('of some symbols says nothing about days that nobody looked at', async () => {
    const stores = await spoolOf([3], ['a', 'b']);
    const filter = { exchanges: undefined, streams: undefined, symbols: new Set(['a', 'b']) };
    expect(await run(stores, 4, { partitionsMax: 1 }, { filter })).toMatchObject({ leftOver: 1 });
    expect((await readStateOf(stores.compact)).days).toEqual({});
  });

  it('leaves finished what was only to be overwritten', async () => {
    const stores = await spoolOf([3], ['a', 'b']);
    await run(stores, 4);
    const days = { mode: 'single', day: parseUtcDay('20260203') } as const;
    const summary = await run(stores, 4, { partitionsMax: 1 }, { days, overwrite: true });
    expect(summary).toMatchObject({ leftOver: 1, lastCompactedDay: '20260203' });
    expect((await readStateOf(stores.compact)).days['20260203']?.status).toBe('success');
  });
});

describe('--shard', () => {
  const SYMBOLS = ['a', 'b', 'c', 'd', 'e', 'f'];
  const shards = [1, 2, 3].map((index) => ({ index, count: 3 }));

  it('does its own part; the last to end finishes the day', async () => {
    const stores = await spoolOf([3], SYMBOLS);
    const watermarks: (string | null)[] = [];
    let done = 0;
    for (const shard of shards) {
      const summary = await run(stores, 4, { shard });
      const mine = SYMBOLS.filter((symbol) => inShard(`okx/bbo/${symbol}/20260203`, shard));
      expect(summary).toMatchObject({ done: mine.length, skipped: 0, failed: 0 });
      done += summary.done;
      watermarks.push(summary.lastCompactedDay);
    }
    expect(done).toBe(SYMBOLS.length);
    expect(watermarks).toEqual([null, null, '20260203']);
    const whole = await spoolOf([3], SYMBOLS);
    await run(whole, 4);
    const { updated_at: _, ...ofShards } = await readStateOf(stores.compact);
    const { updated_at: __, ...ofOne } = await readStateOf(whole.compact);
    expect(ofShards).toEqual(ofOne);
  });

  it('all at once end the same', async () => {
    const stores = await spoolOf([3], SYMBOLS);
    const summaries = await Promise.all(shards.map((shard) => run(stores, 4, { shard })));
    expect(summaries.reduce((sum, { done }) => sum + done, 0)).toBe(SYMBOLS.length);
    expect((await readStateOf(stores.compact)).last_compacted_date).toBe('20260203');
  });

  it('that never ran leaves the day to the next catch-up', async () => {
    const stores = await spoolOf([3], SYMBOLS);
    for (const shard of shards.slice(1)) await run(stores, 4, { shard });
    expect((await readStateOf(stores.compact)).last_compacted_date).toBeNull();
    const done = SYMBOLS.filter((symbol) =>
      inShard(`okx/bbo/${symbol}/20260203`, { index: 1, count: 3 }),
    ).length;
    expect(done).toBeGreaterThan(0);
    expect(await run(stores, 4)).toMatchObject({ done, lastCompactedDay: '20260203' });
  });

  it('knows a damaged partition of another shard, and does not pass the day', async () => {
    const stores = await spoolOf([3], SYMBOLS);
    await stores.raw.put(`${directory('a')}2026-02-03_11-00-00.parquet`, new Uint8Array([1, 2, 3]));
    for (const shard of shards) await run(stores, 4, { shard });
    const state = await readStateOf(stores.compact);
    expect([state.days['20260203']?.status, state.last_compacted_date]).toEqual(['quarantine', null]);
  });

  it('of an empty day is as good as everything', async () => {
    const stores = await spoolOf([]);
    expect(await run(stores, 4, { shard: { index: 2, count: 3 } })).toMatchObject({
      lastCompactedDay: '20260203',
    });
  });
});

describe('--overwrite of more than 31 partitions', () => {
  const SYMBOLS = Array.from({ length: 32 }, (_, i) => `s${String(i).padStart(2, '0')}`);
  const overwrite = { days: { mode: 'single', day: parseUtcDay('20260203') }, overwrite: true } as const;

  it('is refused with their number and nothing written, unless it is confirmed', async () => {
    const stores = await spoolOf([3], SYMBOLS);
    await expect(run(stores, 4, {}, overwrite)).rejects.toMatchObject({
      kind: 'invalid',
      code: 'OVERWRITE',
      details: { partitions: 32, withoutYes: 31 },
    });
    expect((await contentsOf(stores.compact)).size).toBe(0);
    expect(await run(stores, 4, {}, { ...overwrite, confirmed: true })).toMatchObject({ done: 32 });
  });

  it('is not when a run takes fewer', async () => {
    const stores = await spoolOf([3], SYMBOLS);
    expect(await run(stores, 4, { partitionsMax: 1 }, overwrite)).toMatchObject({ done: 1, leftOver: 31 });
    const symbols = new Set(SYMBOLS.slice(1));
    const filter = { exchanges: undefined, streams: undefined, symbols };
    const summary = await run(stores, 4, { order: 'largest' }, { ...overwrite, filter });
    expect(summary).toMatchObject({ done: 31, listCount: 1 + 1 + 1 + 31 });
  });

  it('can be planned', async () => {
    const stores = await spoolOf([3], SYMBOLS);
    const plan = await planCompaction(testRequest(overwrite), testContext(stores, { today: '2026-02-04' }));
    expect(plan.partitions).toHaveLength(32);
  });
});
