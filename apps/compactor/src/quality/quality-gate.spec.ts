import { LakeError, parseUtcDay } from '@ticklake/core';
import { memoryStore } from '@ticklake/storage';
import { compact } from '../job.js';
import { testContext, testRequest } from '../testing/context.js';
import { putWindows } from '../testing/ledger.js';
import { readStateOf, spool } from '../testing/two-partitions.js';
import { withQualityGate, type QualityGate } from './quality-gate.js';

const DAY = parseUtcDay('20260203');
const BAD = { dropped_events: 5 };

/** Runs a catch-up behind a gate, over a spool with two partitions. */
async function runWith(
  gate: QualityGate,
  prepare: (stores: Awaited<ReturnType<typeof spool>>) => Promise<void>,
) {
  const stores = await spool();
  await prepare(stores);
  const context = testContext(stores, { today: '2026-02-04' });
  const { raw, onEvent } = context;
  const execute = withQualityGate(context.execute, { gate, raw, onEvent });
  const summary = await compact(testRequest(), { ...context, execute });
  return { stores, summary, context, notes: context.events.filter(({ type }) => type === 'note') };
}

it('a bad day is not compacted, and state says why', async () => {
  const { stores, summary } = await runWith('skip', ({ raw }) => putWindows(raw, DAY, 96, BAD));
  expect(summary).toMatchObject({ done: 0, failed: 2, lastCompactedDay: null });
  const { partitions, days } = await readStateOf(stores.compact);
  expect(partitions['binance/bbo/btcusdt/20260203']).toMatchObject({
    status: 'failed',
    error_type: 'QUALITY',
    error: 'the quality of the day is bad; --quality-gate report compacts it all the same',
  });
  expect(days['20260203']).toMatchObject({ status: 'failed' });
});

it('a partial day is left for another run, which compacts it when it is better', async () => {
  const { stores, summary, context } = await runWith('skip', ({ raw }) =>
    putWindows(raw, DAY, 10).then(() =>
      raw
        .put(
          'quality/date=20260203/window=2345.json',
          new TextEncoder().encode('{"is_partial": true, "signals": {}}'),
        )
        .then(() => undefined),
    ),
  );
  expect(summary.failed).toBe(2);
  const { partitions } = await readStateOf(stores.compact);
  expect(partitions['binance/bbo/btcusdt/20260203']?.error).toContain('another run will try again');
  await putWindows(stores.raw, DAY, 96);
  const execute = withQualityGate(context.execute, { ...context, gate: 'skip' });
  expect(await compact(testRequest(), { ...context, execute })).toMatchObject({ done: 2, failed: 0 });
});

it('what is published already is not judged again', async () => {
  const { stores, context } = await runWith('skip', ({ raw }) => putWindows(raw, DAY, 96));
  await putWindows(stores.raw, DAY, 96, BAD);
  const execute = withQualityGate(context.execute, { ...context, gate: 'skip' });
  expect(await compact(testRequest(), { ...context, execute })).toMatchObject({ skipped: 2, failed: 0 });
});

it.each<[string, QualityGate, object | undefined]>([
  ['a good day', 'skip', {}],
  ['a degraded day', 'skip', { reconnects: 5, eps_by_exchange: {} }],
  ['a day without a ledger', 'skip', undefined],
  ['a bad day, where nobody asked', 'off', BAD],
])('%s is compacted', async (_what, gate, signals) => {
  const { summary, notes } = await runWith(gate, async ({ raw }) => {
    if (signals !== undefined) await putWindows(raw, DAY, 96, signals);
  });
  expect(summary).toMatchObject({ done: 2, failed: 0 });
  expect(notes).toEqual([]);
});

it('with report a bad day is told once and compacted', async () => {
  const { summary, notes } = await runWith('report', ({ raw }) => putWindows(raw, DAY, 96, BAD));
  expect(summary).toMatchObject({ done: 2, failed: 0 });
  expect(notes).toMatchObject([
    {
      severity: 'warning',
      message: 'the quality of 2026-02-03 is BAD; it is compacted all the same',
      details: { bad: 96, droppedEvents: 480 },
    },
  ]);
});

it('a ledger that cannot be listed lets nothing through', async () => {
  const stores = await spool();
  const context = testContext(stores, { today: '2026-02-04' });
  const broken = {
    ...memoryStore(),
    children: () => Promise.reject(new LakeError('unavailable', 'no listing')),
  };
  const execute = withQualityGate(context.execute, { ...context, gate: 'skip', raw: broken });
  expect(await compact(testRequest(), { ...context, execute })).toMatchObject({ done: 0, failed: 2 });
  expect((await readStateOf(stores.compact)).partitions['binance/bbo/btcusdt/20260203']).toMatchObject({
    status: 'failed',
    error_type: 'unavailable',
  });
});
