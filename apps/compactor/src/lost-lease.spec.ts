import { isLakeError, LakeError } from '@ticklake/core';
import type { ObjectStore } from '@ticklake/storage';
import { compact } from './job.js';
import { LEASES_MAX } from './limits.js';
import { executePartition, type ExecuteContext } from './partition-task.js';
import type { CompactTask } from './settings.js';
import { readHere, type SpoolReading } from './spool-reading.js';
import { failuresOf } from './testing/bad-spool.js';
import { testContext, testRequest } from './testing/context.js';
import { BBO, readMeta, readStateOf, spool } from './testing/two-partitions.js';
import { wakingClock, whenAborted } from './testing/waking-clock.js';

const META = `${BBO}date=20260203/meta.json`;
const LOCK = 'compacted/locks/binance/bbo/btcusdt/20260203.lock';

/** Reads spool files, after its lease has run out in the first `lost` of the times that it is asked to for the quotes. */
function losing(lost: number, wakeAll: () => void) {
  const counted = { times: 0 };
  const reading: SpoolReading = {
    ...readHere,
    async compact(task, context) {
      if (task.key.stream !== 'bbo' || ++counted.times > lost) return readHere.compact(task, context);
      wakeAll();
      await whenAborted(context.signal);
      throw new LakeError('cancelled', 'cancelled while reading');
    },
  };
  return { reading, counted };
}

async function runLosing(lost: number) {
  const stores = await spool();
  const { clock, wakeAll } = wakingClock();
  const { reading, counted } = losing(lost, wakeAll);
  const context = {
    ...testContext(stores, { today: '2026-02-04' }),
    clock,
    execute: (task: CompactTask, execute: ExecuteContext) => executePartition(task, execute, reading),
  };
  const summary = await compact(testRequest(), context);
  return { stores, context, summary, times: counted.times };
}

describe('a lease that is lost while work goes on', () => {
  it('is asked for again, and the partition is published', async () => {
    const { stores, summary, times } = await runLosing(LEASES_MAX - 1);
    expect(times).toBe(LEASES_MAX);
    expect(summary).toMatchObject({ done: 2, failed: 0, lastCompactedDay: '20260203' });
    expect(await readMeta(stores.compact, `${BBO}date=20260203/`)).toMatchObject({ row_count: 220 });
  });

  it('each time is a failure that is told, and the day stays open', async () => {
    const { stores, context, summary, times } = await runLosing(Infinity);
    expect(times).toBe(LEASES_MAX);
    expect(summary).toMatchObject({ done: 1, failed: 1, lastCompactedDay: null });
    const [failure] = failuresOf(context);
    expect(isLakeError(failure, 'busy') && failure.code).toBe('LEASE_LOST');
    expect(await stores.compact.head(META)).toBeUndefined();
    const state = await readStateOf(stores.compact);
    expect(state.partitions['binance/bbo/btcusdt/20260203']).toBeUndefined();
  });
});

it('a lease that another run took is left to it', async () => {
  const stores = await spool();
  const context = testContext(stores, { today: '2026-02-04' });
  let renewals = 0;
  // Whoever waits for it to run out sees it renewed.
  const watched: ObjectStore = {
    ...stores.compact,
    async head(key) {
      if (key === LOCK) await putLock(stores.compact, ++renewals);
      return stores.compact.head(key);
    },
  };
  await putLock(stores.compact, renewals);
  const summary = await compact(testRequest(), { ...context, compact: watched });
  expect(summary).toMatchObject({ done: 1, skipped: 1, failed: 0, lastCompactedDay: null });
  expect(await stores.compact.head(META)).toBeUndefined();
});

async function putLock(store: ObjectStore, renewals: number): Promise<void> {
  const lease = { holder: 'another', token: 9, ttl_s: 120, state: 'held', renewals };
  await store.put(LOCK, new TextEncoder().encode(JSON.stringify(lease)));
}
