import { parseUtcDay, sha256Of, bytesSource } from '@ticklake/core';
import type { ObjectStore } from '@ticklake/storage';
import { interceptStore, recordStore } from '@ticklake/storage/testing';
import { collectSpool } from './collect-spool.js';
import { EVERYTHING } from './discover-partitions.js';
import { compact, type CompactRequest } from './job.js';
import { planCompaction } from './plan.js';
import { rollbackPartition } from './rollback-partition.js';
import { DIRECTORY } from './testing/aging-lake.js';
import { failuresOf } from './testing/bad-spool.js';
import { ARENA, testContext, testRequest } from './testing/context.js';
import { emptyStore, putSpool } from './testing/spool.js';
import { BBO, BBO_FILES, readMeta, rowsFrom } from './testing/two-partitions.js';

const KEY = { exchange: 'binance', stream: 'bbo', symbol: 'btcusdt', day: parseUtcDay('20260203') };
const FIXED = `${DIRECTORY}data.parquet`;

interface Stores {
  readonly raw: ObjectStore;
  readonly compact: ObjectStore;
}

async function published(): Promise<Stores> {
  const stores = { raw: emptyStore(), compact: emptyStore() };
  for (const [name, rows] of Object.entries(BBO_FILES)) await putSpool(stores.raw, BBO + name, rows);
  await run(stores);
  return stores;
}

async function run(stores: Stores, changes: Partial<CompactRequest> = {}, today = '2026-02-04') {
  const context = testContext(stores, { today });
  const summary = await compact(testRequest(changes), context);
  return { ...summary, failures: failuresOf(context) };
}

const putLate = ({ raw }: Stores, hour: string) =>
  putSpool(raw, `${BBO}2026-02-03_${hour}-00-00.parquet`, rowsFrom(50, 9));

/** The same stores, in the hands of a run that dies before it puts its bytes under the fixed name. */
const dying = ({ raw, compact: lake }: Stores): Stores => ({
  raw,
  compact: interceptStore(lake, async ({ name, key }, work) => {
    if (name === 'put' && key === FIXED) throw new Error('killed');
    return work();
  }),
});

/** Spool files are gone for good, and a merge with late ones died after its commit. */
async function collectedAndDead(): Promise<Stores> {
  const stores = await published();
  await collectSpool(EVERYTHING, {
    ...{ ...testContext(stores, { today: '2026-02-20' }), apply: true, graceMs: 0, filesMax: 99 },
  });
  await putLate(stores, '11');
  await expect(run(dying(stores))).rejects.toThrow('killed');
  expect(await readMeta(stores.compact, DIRECTORY)).toMatchObject({ generation: 2, row_count: 229 });
  return stores;
}

/** What those find who know only the fixed name. */
async function fixedHash({ compact: lake }: Stores): Promise<string> {
  return sha256Of(bytesSource((await lake.get(FIXED)).bytes));
}

async function expectSettled(stores: Stores): Promise<void> {
  const meta = await readMeta(stores.compact, DIRECTORY);
  expect(meta.data).toBe('data.parquet');
  expect(await fixedHash(stores)).toBe(meta.sha256);
}

async function textOf({ compact: lake }: Stores): Promise<string> {
  const text = new TextDecoder().decode((await lake.get(`${DIRECTORY}meta.json`)).bytes);
  return text.replace(/"etag": "[^"]*"/, '');
}

describe('a replacement that died after its commit', () => {
  it('is finished by the next run though its spool files were collected, and ends as one that did not die', async () => {
    const stores = await collectedAndDead();
    expect(await fixedHash(stores)).not.toBe((await readMeta(stores.compact, DIRECTORY)).sha256);
    expect(await run(stores)).toMatchObject({ done: 0, skipped: 1, failed: 0, lastCompactedDay: '20260203' });
    await expectSettled(stores);
    const whole = await published();
    await collectSpool(EVERYTHING, {
      ...{ ...testContext(whole, { today: '2026-02-20' }), apply: true, graceMs: 0, filesMax: 99 },
    });
    await putLate(whole, '11');
    await run(whole);
    expect(await textOf(stores)).toBe(await textOf(whole));
  });

  it('is finished where files came late that are too old to be merged', async () => {
    const stores = await published();
    await putLate(stores, '11');
    await expect(run(dying(stores))).rejects.toThrow('killed');
    await putLate(stores, '12');
    const { failures } = await run(stores, { lateDays: 0, days: { mode: 'single', day: KEY.day } });
    expect(failures).toMatchObject([{ code: 'STALE' }]);
    await expectSettled(stores);
    expect(await readMeta(stores.compact, DIRECTORY)).toMatchObject({ row_count: 229 });
  });

  it('is finished where it was a rollback, and stays held', async () => {
    const stores = await published();
    await putLate(stores, '11');
    await run(stores);
    const context = { ...testContext(dying(stores), { today: '2026-02-04' }), arena: ARENA };
    const dead = rollbackPartition(KEY, { generation: 1, apply: true }, context);
    await expect(dead).rejects.toThrow('killed');
    const { failures } = await run(stores);
    expect(failures).toMatchObject([{ code: 'STALE', details: { held: true } }]);
    await expectSettled(stores);
    expect(await readMeta(stores.compact, DIRECTORY)).toMatchObject({ row_count: 220, generation: 3 });
  });

  it('is left as it is where its bytes are damaged, and fails', async () => {
    const stores = await collectedAndDead();
    const { data } = await readMeta(stores.compact, DIRECTORY);
    const { bytes } = await stores.compact.get(DIRECTORY + data);
    const damaged = Uint8Array.from(bytes);
    damaged[60] = (damaged[60] ?? 0) ^ 1;
    await stores.compact.put(DIRECTORY + data, damaged);
    const before = await fixedHash(stores);
    const { failures } = await run(stores);
    expect(failures).toMatchObject([{ kind: 'corrupt', code: 'DATA_MISMATCH' }]);
    expect(await fixedHash(stores)).toBe(before);
  });

  it('is left to a run that is at it', async () => {
    const stores = await collectedAndDead();
    const lease = { holder: 'another', token: 9, ttl_s: 120, state: 'held', renewals: 0 };
    const lock = 'compacted/locks/binance/bbo/btcusdt/20260203.lock';
    const put = () => stores.compact.put(lock, new TextEncoder().encode(JSON.stringify(lease)));
    await put();
    const watched = interceptStore(stores.compact, async ({ name, key }, work) => {
      if (name === 'head' && key === lock) await put();
      return work();
    });
    expect(await run({ ...stores, compact: watched })).toMatchObject({ skipped: 1, failed: 0 });
    expect((await readMeta(stores.compact, DIRECTORY)).data).not.toBe('data.parquet');
  });

  it('is not touched by a plan', async () => {
    const stores = await collectedAndDead();
    const recorded = recordStore(stores.compact);
    const context = testContext({ ...stores, compact: recorded.store }, { today: '2026-02-04' });
    await planCompaction(testRequest(), context);
    expect(recorded.operations.filter(({ name }) => name === 'put')).toEqual([]);
  });
});
