import { parseUtcDay } from '@ticklake/core';
import { STATE_KEY } from './documents.js';
import { compact } from './job.js';
import { planCompaction } from './plan.js';
import { rebuildState } from './rebuild-state.js';
import { applyChanges } from './state.js';
import { testContext, testRequest } from './testing/context.js';
import { contentsOf, putSpool } from './testing/spool.js';
import { BBO, readStateOf, rowsFrom, spool, TRADE } from './testing/two-partitions.js';

const day = parseUtcDay;

describe('today', () => {
  it('is never compacted', async () => {
    const stores = await spool();
    const request = testRequest({ days: { mode: 'single', day: day('20260203') } });
    const context = testContext(stores, { today: '2026-02-03' });
    await expect(compact(request, context)).rejects.toMatchObject({ kind: 'incomplete' });
  });
});

describe('state', () => {
  it('is rebuilt from the published partitions, and equals what was recorded', async () => {
    const stores = await spool();
    await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
    const recorded = await readStateOf(stores.compact);
    const changes = await rebuildState(stores.compact, new AbortController().signal);
    if (changes === undefined) throw new Error('nothing was found');
    const { unconfirmed, ...rebuilt } = applyChanges(undefined, changes, recorded.updated_at ?? '');
    expect(rebuilt).toEqual(recorded);
    expect(unconfirmed).toBe(true);
  });

  it('that was lost makes a catch-up look at every day since the first', async () => {
    const stores = await spool();
    await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
    await stores.compact.delete(STATE_KEY);
    await stores.compact.delete(`${TRADE}date=20260203/meta.json`);
    await stores.compact.delete(`${TRADE}date=20260203/data.parquet`);
    const summary = await compact(testRequest(), testContext(stores, { today: '2026-03-01' }));
    expect(summary).toMatchObject({ done: 1, skipped: 1, lastCompactedDay: '20260228' });
    expect((await readStateOf(stores.compact)).unconfirmed).toBeUndefined();
  });

  it('that was lost is not missed with --fresh: yesterday only', async () => {
    const stores = await spool();
    await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
    await stores.compact.delete(STATE_KEY);
    const summary = await compact(testRequest({ fresh: true }), testContext(stores, { today: '2026-03-01' }));
    expect(summary).toMatchObject({ days: ['2026-02-28'], done: 0, lastCompactedDay: '20260228' });
  });

  it.each([
    ['of a newer version', '{"version": 2, "partitions": {}, "days": {}}'],
    ['dated in the future', '{"version": 1, "last_compacted_date": "20260301"}'],
    ['that is not JSON', '{"version": 1'],
  ])('%s stops the run', async (_, text) => {
    const stores = await spool();
    await stores.compact.put(STATE_KEY, new TextEncoder().encode(text));
    const context = testContext(stores, { today: '2026-02-04' });
    await expect(compact(testRequest(), context)).rejects.toMatchObject({ kind: 'invalid', code: 'STATE' });
  });

  it('that was seeded by hand is caught up with from there, and keeps what we do not know', async () => {
    const stores = await spool();
    const seed = '{"last_compacted_date": "20260131", "note": "seeded"}';
    await stores.compact.put(STATE_KEY, new TextEncoder().encode(seed));
    const summary = await compact(testRequest(), testContext(stores, { today: '2026-02-05' }));
    expect(summary.days).toEqual(['2026-02-01', '2026-02-02', '2026-02-03', '2026-02-04']);
    expect(summary).toMatchObject({ done: 2, lastCompactedDay: '20260204' });
    expect(await readStateOf(stores.compact)).toMatchObject({ note: 'seeded' });
  });

  it('whose very first day failed forgets none of the days after it', async () => {
    const stores = await spool();
    const broken = `${BBO}2026-02-03_11-00-00.parquet`;
    await stores.raw.put(broken, new Uint8Array([1, 2, 3]));
    await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
    for (const day of ['04', '05', '06']) {
      await putSpool(stores.raw, `${BBO}2026-02-${day}_10-00-00.parquet`, rowsFrom(0, 5));
    }
    const context = testContext(stores, { today: '2026-02-07' });
    const summary = await compact(testRequest({ lateDays: 0 }), context);
    expect(summary).toMatchObject({ done: 3, failed: 1, lastCompactedDay: null });
    await stores.raw.delete(broken);
    const mended = await compact(testRequest(), testContext(stores, { today: '2026-02-08' }));
    expect(mended).toMatchObject({ done: 1, failed: 0, lastCompactedDay: '20260207' });
  });

  it('that cannot be read stops the run before anything is written', async () => {
    const stores = await spool();
    await stores.compact.put(STATE_KEY, new TextEncoder().encode('{"last_compacted_date": 7}'));
    const context = testContext(stores, { today: '2026-02-04' });
    await expect(compact(testRequest(), context)).rejects.toMatchObject({ kind: 'invalid' });
    expect([...(await contentsOf(stores.compact)).keys()]).toEqual([STATE_KEY]);
  });

  it('does not pass a day of which only one symbol was compacted', async () => {
    const stores = await spool();
    const filter = { exchanges: new Set(['okx']), streams: undefined, symbols: undefined };
    const summary = await compact(testRequest({ filter }), testContext(stores, { today: '2026-02-04' }));
    expect(summary).toMatchObject({ done: 1, lastCompactedDay: null });
    const next = await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
    expect(next).toMatchObject({ done: 1, skipped: 1, lastCompactedDay: '20260203' });
  });
});

describe('a plan', () => {
  it('says what a run would do and writes nothing', async () => {
    const stores = await spool();
    const plan = await planCompaction(testRequest(), testContext(stores, { today: '2026-02-04' }));
    expect(plan.partitions.map(({ partition, action, files }) => [partition, action, files])).toEqual([
      ['binance/bbo/btcusdt/20260203', 'compact', 3],
      ['okx/trade/ethusdt/20260203', 'compact', 2],
    ]);
    expect(plan.listCount).toBe(1 + 2 + 2 + 2 + 1);
    expect((await contentsOf(stores.compact)).size).toBe(0);
  });
});
