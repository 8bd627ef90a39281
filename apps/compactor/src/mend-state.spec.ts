import { parseUtcDay } from '@ticklake/core';
import { crashingStore, recordStore } from '@ticklake/storage/testing';
import type { ObjectStore } from '@ticklake/storage';
import { STATE_KEY } from './documents.js';
import { compact } from './job.js';
import { remakeState, seedState } from './mend-state.js';
import { findState, readState } from './state.js';
import { viewState } from './show-state.js';
import { noonOf, testContext, testRequest } from './testing/context.js';
import { contentsOf, emptyStore, putSpool } from './testing/spool.js';
import { BBO, readStateOf, rowsFrom, spool, TRADE } from './testing/two-partitions.js';

const TODAY = '2026-02-05';
const { signal } = new AbortController();
const mending = (compactStore: ObjectStore) => ({ compact: compactStore, clock: noonOf(TODAY), signal });

const putText = (store: ObjectStore, key: string, text: string) =>
  store.put(key, new TextEncoder().encode(text));
const textAt = async (store: ObjectStore, key: string) =>
  new TextDecoder().decode((await store.get(key)).bytes);

/** Two partitions published on 3 February, one of them again on the 4th, where the other has a damaged file. */
async function lake() {
  const stores = await spool();
  await putSpool(stores.raw, `${BBO}2026-02-04_10-00-00.parquet`, rowsFrom(0, 7));
  await stores.raw.put(`${TRADE}date=20260204/part-1.parquet`, new Uint8Array([1, 2, 3]));
  await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
  await compact(testRequest(), testContext(stores, { today: TODAY }));
  return stores;
}

describe('state that is made again', () => {
  it('equals what runs recorded, of partitions and of the quarantine, and then nothing is written', async () => {
    const stores = await lake();
    expect((await readStateOf(stores.compact)).days).toMatchObject({
      '20260203': { status: 'success' },
      '20260204': { status: 'quarantine' },
    });
    const recorded = recordStore(stores.compact);
    const remake = await remakeState(mending(recorded.store), { replace: true });
    expect(remake).toMatchObject({ outcome: 'equal', differences: [], lastCompactedDay: '20260203' });
    expect(recorded.operations.filter(({ name }) => name === 'put' || name === 'delete')).toEqual([]);
  });

  it('is written where there was none, and a run goes on from it', async () => {
    const stores = await lake();
    const before = await readStateOf(stores.compact);
    await stores.compact.delete(STATE_KEY);
    expect(await remakeState(mending(stores.compact), { replace: false })).toMatchObject({
      outcome: 'written',
      keptAs: undefined,
      lastCompactedDay: '20260203',
    });
    expect((await readStateOf(stores.compact)).unconfirmed).toBe(true);
    await stores.raw.delete(`${TRADE}date=20260204/part-1.parquet`);
    const summary = await compact(testRequest(), testContext(stores, { today: TODAY }));
    expect(summary).toMatchObject({ done: 0, failed: 0 });
    const after = await readStateOf(stores.compact);
    expect(after.unconfirmed).toBeUndefined();
    expect(Object.keys(after.partitions)).toEqual(Object.keys(before.partitions));
  });

  it.each([
    ['truncated', '{"version": 1', 'JSON'],
    ['of a newer version', '{"version": 2}', 'version'],
    ['empty', '', 'JSON'],
    ['an array', '[]', 'expected object'],
    ['of one key twice', '{"version": 1, "version": 1}', 'twice'],
    ['of a day that does not exist', '{"last_compacted_date": "20260230"}', 'last_compacted_date'],
    ['of a day in other words', '{"days": {"2026-02-03": {}}}', 'days.2026-02-03'],
  ])('replaces one %s only when told, and keeps its bytes', async (_, text, reason) => {
    const stores = await lake();
    await putText(stores.compact, STATE_KEY, text);
    const kept = await remakeState(mending(stores.compact), { replace: false });
    expect(kept).toMatchObject({ outcome: 'kept', problem: expect.stringContaining(reason) });
    expect(await textAt(stores.compact, STATE_KEY)).toBe(text);
    const replaced = await remakeState(mending(stores.compact), { replace: true });
    expect(replaced).toMatchObject({ outcome: 'replaced', lastCompactedDay: '20260203' });
    expect(replaced.keptAs).toBe('compacted/_state-2026-02-05T12-00-00.000Z.json');
    expect(await textAt(stores.compact, replaced.keptAs ?? '')).toBe(text);
    expect(await remakeState(mending(stores.compact), { replace: false })).toMatchObject({
      outcome: 'equal',
    });
  });

  it('tells every difference, and keeps keys that are not ours', async () => {
    const stores = await lake();
    const state = await readStateOf(stores.compact);
    const id = 'binance/bbo/btcusdt/20260203';
    const { [id]: known, ...others } = state.partitions;
    const doctored = {
      ...state,
      last_compacted_date: '20260204',
      partitions: { ...others, [id]: { ...known, rows: 5 }, 'a/b/c/20260203': known },
      note: 'mine',
    };
    await putText(stores.compact, STATE_KEY, JSON.stringify(doctored));
    const { differences } = await remakeState(mending(stores.compact), { replace: true });
    expect(differences).toMatchObject([
      { path: 'last_compacted_date', stored: '20260204', rebuilt: '20260203' },
      { path: 'partitions.a/b/c/20260203', stored: { rows: 220 }, rebuilt: undefined },
      { path: `partitions.${id}`, stored: { rows: 5 }, rebuilt: { rows: 220 } },
    ]);
    expect(await readStateOf(stores.compact)).toMatchObject({
      note: 'mine',
      last_compacted_date: '20260203',
    });
  });

  it('leaves out manifests of other programs, and says so', async () => {
    const stores = await lake();
    await putText(stores.compact, 'exchange=x/stream=s/symbol=y/date=20260203/meta.json', '{"rows": 7}');
    const { outcome, unreadable } = await remakeState(mending(stores.compact), { replace: false });
    expect([outcome, unreadable]).toEqual(['equal', ['x/s/y/20260203']]);
  });

  it('needs something to be made from', async () => {
    const compactStore = emptyStore();
    await putText(compactStore, STATE_KEY, '[]');
    const remake = remakeState(mending(compactStore), { replace: true });
    await expect(remake).rejects.toMatchObject({ kind: 'missing', message: expect.stringContaining('seed') });
    expect(await textAt(compactStore, STATE_KEY)).toBe('[]');
  });

  it('does not lose what a run records meanwhile', async () => {
    const stores = await lake();
    await putText(stores.compact, STATE_KEY, '[]');
    const racing: ObjectStore = {
      ...stores.compact,
      async put(key, body, options) {
        if (key === STATE_KEY) await putText(stores.compact, STATE_KEY, '{"note": "of a run"}');
        return stores.compact.put(key, body, options);
      },
    };
    const remake = remakeState(mending(racing), { replace: true });
    await expect(remake).rejects.toMatchObject({ kind: 'conflict' });
    expect(await textAt(stores.compact, STATE_KEY)).toBe('{"note": "of a run"}');
  });

  it.each(['before', 'after'] as const)(
    'dying %s any operation loses no byte of what was there',
    async (when) => {
      const old = '{"version": 2, "of": "tomorrow"}';
      let points = 0;
      for (let crashed = true; crashed; points++) {
        const stores = await lake();
        await putText(stores.compact, STATE_KEY, old);
        const crash = crashingStore(stores.compact, points + 1, when);
        await remakeState(mending(crash), { replace: true }).catch(() => undefined);
        ({ crashed } = crash);
        const texts = [...(await contentsOf(stores.compact)).values()];
        expect(texts).toContain(old);
        const { document, problem } = (await findState(stores.compact)) ?? {};
        expect(document?.last_compacted_date ?? problem?.code).toMatch(/^(20260203|DOCUMENT)$/);
      }
      expect(points).toBeGreaterThan(10);
    },
  );
});

describe('the state documents of the original compactor', () => {
  const partition = (status: string) => ({
    status,
    day_quality_post: 'GOOD',
    post_filter_version: '1.0.0',
    rows: 234292,
    total_size_bytes: 1000,
    updated_at: '2026-02-04T02:31:00Z',
  });
  const original = (status: string, day: string) =>
    JSON.stringify({
      last_compacted_date: '20260203',
      updated_at: '2026-02-04T02:31:00Z',
      partitions: { 'binance/bbo/adausdt/20260203': partition(status) },
      days: { '20260203': { status: day, updated_at: '2026-02-04T02:31:00Z' } },
    });

  it('are understood where they say what ours say, and keep what only they know', async () => {
    const stores = await spool();
    await putText(stores.compact, STATE_KEY, original('success', 'success'));
    await compact(testRequest(), testContext(stores, { today: TODAY }));
    expect((await readStateOf(stores.compact)).partitions['binance/bbo/adausdt/20260203']).toEqual(
      partition('success'),
    );
  });

  it.each([
    'in_progress',
    'download_failed',
    'no_files',
    'skipped',
    'aborted',
    'stalled',
    'locked',
    'unknown',
  ])('are refused with the way out, and not overwritten, where a partition is %s', async (status) => {
    const stores = await spool();
    const text = original(status, 'success');
    await putText(stores.compact, STATE_KEY, text);
    const run = compact(testRequest(), testContext(stores, { today: TODAY }));
    await expect(run).rejects.toMatchObject({
      ...{ kind: 'invalid', code: 'STATE', message: expect.stringContaining('`state rebuild`') },
      details: { path: 'partitions.binance/bbo/adausdt/20260203.status' },
    });
    expect(await textAt(stores.compact, STATE_KEY)).toBe(text);
  });

  it('are refused likewise where a day was skipped', async () => {
    const { compact: compactStore } = await spool();
    await putText(compactStore, STATE_KEY, original('success', 'skipped'));
    await expect(readState(compactStore)).rejects.toMatchObject({
      details: { path: 'days.20260203.status' },
    });
  });
});

describe('a state document of a size that none has', () => {
  it('is not read', async () => {
    const { compact: compactStore } = await spool();
    await putText(compactStore, STATE_KEY, '{}');
    const huge: ObjectStore = {
      ...compactStore,
      head: async (key) => ({
        ...(await compactStore.head(key)),
        size: 2 ** 30,
        key,
        etag: '1',
        modifiedAtMs: 0,
      }),
      get: () => Promise.reject(new Error('it was read')),
    };
    await expect(readState(huge)).rejects.toMatchObject({ kind: 'invalid', code: 'STATE' });
    await expect(findState(huge)).rejects.toMatchObject({ kind: 'invalid', code: 'STATE' });
  });
});

describe('a seeded state', () => {
  const seed = (compactStore: ObjectStore, day: string, replace = false) =>
    seedState(mending(compactStore), { last: parseUtcDay(day), replace });

  it('is what a catch-up goes on from', async () => {
    const stores = await spool();
    await seed(stores.compact, '20260202');
    const summary = await compact(testRequest(), testContext(stores, { today: TODAY }));
    expect(summary).toMatchObject({
      days: ['2026-02-03', '2026-02-04'],
      done: 2,
      lastCompactedDay: '20260204',
    });
  });

  it('does not take the place of another unless told, and then only the watermark changes', async () => {
    const stores = await lake();
    const before = await readStateOf(stores.compact);
    await expect(seed(stores.compact, '20260101')).rejects.toMatchObject({ code: 'STATE_EXISTS' });
    expect(await readStateOf(stores.compact)).toEqual(before);
    await seed(stores.compact, '20260101', true);
    const { last_compacted_date, updated_at, ...kept } = await readStateOf(stores.compact);
    expect([last_compacted_date, updated_at]).toEqual(['20260101', '2026-02-05T12:00:00.000Z']);
    expect({ ...kept, last_compacted_date: '20260203', updated_at: before.updated_at }).toEqual(before);
  });

  it('is not put over what cannot be understood', async () => {
    const { compact: compactStore } = await spool();
    await putText(compactStore, STATE_KEY, '{"version": 2}');
    await expect(seed(compactStore, '20260101', true)).rejects.toMatchObject({ code: 'STATE' });
    expect(await textAt(compactStore, STATE_KEY)).toBe('{"version": 2}');
  });

  it.each([
    ['20260205', 'incomplete'],
    ['20260206', 'invalid'],
  ])('is not of a day that is not over: %s', async (day, kind) => {
    const { compact: compactStore } = await spool();
    await expect(seed(compactStore, day)).rejects.toMatchObject({ kind });
    expect(await compactStore.head(STATE_KEY)).toBeUndefined();
  });
});

describe('the view of a state', () => {
  it('counts, and names what is not done and why', async () => {
    const stores = await lake();
    const view = viewState(await readStateOf(stores.compact), parseUtcDay('20260210'));
    expect(view).toMatchObject({
      ...{ lastCompactedDay: '20260203', daysBehind: 6, unconfirmed: false },
      days: { success: 1, quarantine: 1 },
      partitions: { success: 3, quarantine: 1 },
      unfinishedDays: [{ day: '20260204', status: 'quarantine' }],
      unfinishedPartitions: [
        {
          partition: 'okx/trade/ethusdt/20260204',
          error_type: 'BAD_MAGIC',
          failing_key: `${TRADE}date=20260204/part-1.parquet`,
        },
      ],
    });
  });

  it('is not behind when yesterday is done, or the day before yesterday was the last of a run', () => {
    const view = (today: string) =>
      viewState({ last_compacted_date: '20260203', partitions: {}, days: {} }, parseUtcDay(today));
    expect([view('20260204'), view('20260205')].map(({ daysBehind }) => daysBehind)).toEqual([0, 1]);
    expect(viewState({ partitions: {}, days: {} }, parseUtcDay(TODAY)).daysBehind).toBeNull();
  });
});
