import { parseUtcDay, sha256Of } from '@ticklake/core';
import { readPublished } from '@ticklake/manifest';
import { memoryStore, type ObjectStore } from '@ticklake/storage';
import { interceptStore } from '@ticklake/storage/testing';
import { compactPartition } from '../compact-partition.js';
import { compact } from '../job.js';
import type { ExecuteContext } from '../partition-task.js';
import { publishedDataset } from '../published-dataset.js';
import { sweep, type SweepRequest } from '../sweep.js';
import { testContext, testRequest } from './context.js';
import { settableClock } from './settable-clock.js';
import { putSpool } from './spool.js';
import { BBO, BBO_FILES, readMeta, rowsFrom } from './two-partitions.js';
import type { CompactTask } from '../settings.js';

/** The one partition of these lakes. */
export const DIRECTORY = `${BBO}date=20260203/`;
const KEY = { exchange: 'binance', stream: 'bbo', symbol: 'btcusdt', day: parseUtcDay('20260203') };
const HOUR_MS = 3_600_000;
const LATE = '2026-02-03_11-00-00.parquet';

/** A lake whose objects are as old as its clock says. */
export function newLake() {
  const clock = settableClock('20260204');
  const stores = { raw: memoryStore({ clock }), compact: memoryStore({ clock }) };
  const context = {
    ...testContext(stores, { today: '2026-02-04' }),
    clock,
    createdAt: '2026-02-04T00:00:00.000Z',
  };
  const execute: ExecuteContext = { ...context, onRows: () => undefined };
  const run = () =>
    compact(testRequest({ days: { mode: 'single', day: KEY.day }, overwrite: true }), context);
  const sweepIt = (changes: Partial<SweepRequest> = {}, compactStore: ObjectStore = stores.compact) =>
    sweep(
      { apply: true, ageMs: 7 * 24 * HOUR_MS, keepGenerations: 0, ...changes },
      { ...context, compact: compactStore, owner: 'sweeper' },
    );
  return { clock, stores, context, execute, run, sweepIt };
}

/** Puts its spool files. */
export async function putFiles(raw: ObjectStore): Promise<void> {
  for (const [name, rows] of Object.entries(BBO_FILES)) await putSpool(raw, BBO + name, rows);
}

/** Generation 2 is published; the bytes of generation 1 are kept beside it. */
export async function replacedLake() {
  const lake = newLake();
  await putFiles(lake.stores.raw);
  await lake.run();
  await putSpool(lake.stores.raw, BBO + LATE, rowsFrom(50, 9));
  await lake.run();
  expect(await readMeta(lake.stores.compact, DIRECTORY)).toMatchObject({
    generation: 2,
    data: 'data.parquet',
  });
  return lake;
}

/** A store that is dead once the put of a key that `isLast` knows has landed. */
export function dyingAfterPut(store: ObjectStore, isLast: (key: string) => boolean): ObjectStore {
  let isDead = false;
  return interceptStore(store, async ({ name, key }, work) => {
    if (isDead) throw new Error('killed');
    const result = await work();
    isDead = name === 'put' && isLast(key);
    if (isDead) throw new Error('killed');
    return result;
  });
}

/** The task of everything that is in the spool. */
export async function taskOf(raw: ObjectStore): Promise<CompactTask> {
  const { objects } = await raw.children(BBO);
  return { id: 'task', key: KEY, sources: objects, replace: true };
}

/** Generation 1 is published, and a run died after it had staged generation 2. */
export async function interruptedLake() {
  const lake = newLake();
  await putFiles(lake.stores.raw);
  await lake.run();
  await putSpool(lake.stores.raw, BBO + LATE, rowsFrom(50, 9));
  const dying = dyingAfterPut(lake.stores.compact, (key) => key.includes('/data-g2-'));
  const task = await taskOf(lake.stores.raw);
  const killed = compactPartition(task, { ...lake.execute, compact: dying });
  await expect(killed).rejects.toThrow('killed');
  expect(await readMeta(lake.stores.compact, DIRECTORY)).toMatchObject({ generation: 1 });
  return lake;
}

/** Names of the staged generations. */
export async function stagedIn(store: ObjectStore): Promise<string[]> {
  const { objects } = await store.children(DIRECTORY);
  return objects.map(({ key }) => key.slice(DIRECTORY.length)).filter((name) => name.startsWith('data-g'));
}

/** Their numbers. */
export const generations = async (store: ObjectStore) =>
  (await stagedIn(store)).map((name) => Number(/^data-g(\d+)-/.exec(name)?.[1]));

/** The rows that a reader gets, who is told if there is anything wrong. */
export async function rowsSeen(store: ObjectStore): Promise<number | undefined> {
  const published = await readPublished(publishedDataset(store, KEY));
  if (published === undefined) return undefined;
  expect(await sha256Of(published.data)).toBe(published.manifest.sha256);
  return published.manifest.row_count;
}
