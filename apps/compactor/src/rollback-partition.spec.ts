import type { ObjectStore } from '@ticklake/storage';
import { crashingStore, recordStore } from '@ticklake/storage/testing';
import { bytesSource, parseUtcDay, sha256Of } from '@ticklake/core';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { recordCollected } from './collected-sources.js';
import { STATE_KEY } from './documents.js';
import { compact } from './job.js';
import { executePartition } from './partition-task.js';
import { logPartition, logText } from './partition-log.js';
import { rollbackPartition, rollbackText, type RollbackRequest } from './rollback-partition.js';
import { DIRECTORY, newLake, putFiles, replacedLake, rowsSeen, stagedIn } from './testing/aging-lake.js';
import { ARENA, testRequest } from './testing/context.js';
import { putSpool } from './testing/spool.js';
import { BBO, readMeta, readStateOf, rowsFrom } from './testing/two-partitions.js';
import { verifyPartition } from './verify-partition.js';

const KEY = { exchange: 'binance', stream: 'bbo', symbol: 'btcusdt', day: parseUtcDay('20260203') };
const { signal } = new AbortController();

type Lake = ReturnType<typeof newLake>;

const rollback = (
  { context, stores }: Lake,
  changes: Partial<RollbackRequest> = {},
  store: ObjectStore = stores.compact,
) =>
  rollbackPartition(
    KEY,
    { generation: undefined, apply: true, ...changes },
    { ...context, compact: store, owner: 'operator', arena: ARENA },
  );

/** What verifying against the spool finds, as errors. */
async function errorsOf({ stores }: Lake): Promise<string[]> {
  const { findings } = await verifyPartition(KEY, { arena: ARENA, ...stores, signal });
  return findings.filter(({ severity }) => severity === 'error').map(({ message }) => message);
}

/** The same rows and the same footer, by a writer that gives pages no checksum. */
async function rewritten(bytes: Uint8Array): Promise<Uint8Array> {
  const file = Uint8Array.from(bytes).buffer;
  const { schema, key_value_metadata: kvMetadata = [] } = parquetMetadata(file);
  const rows = await parquetReadObjects({ file, compressors });
  const columnData = schema
    .slice(1)
    .map(({ name }) => ({ name, data: rows.map((row) => row[name] as never) }));
  return new Uint8Array(parquetWriteBuffer({ columnData, schema, kvMetadata }));
}

const catchUp = ({ context }: Lake) => compact(testRequest(), context);

describe('a rollback', () => {
  it('publishes the generation before as the next one, proved by its own receipt', async () => {
    const lake = await replacedLake();
    const { stores } = lake;
    const done = await rollback(lake);
    expect(done).toEqual({
      partition: 'binance/bbo/btcusdt/20260203',
      applied: true,
      from: { generation: 2, rows: 229, sources: 4 },
      to: { generation: 1, rows: 220, sources: 3 },
      publishedAs: 3,
      stateError: null,
    });
    expect(rollbackText(done)).toContain('published as generation 3; held');
    expect(await readMeta(stores.compact, DIRECTORY)).toMatchObject({
      ...{ generation: 3, data: 'data.parquet', row_count: 220, source_files: 3, ts_unit: 'ms' },
      ...{ out_of_day_rows: 0, held: { since: '2026-02-04T00:00:00.000Z', generation: 1 } },
    });
    expect(await rowsSeen(stores.compact)).toBe(220);
    expect(await errorsOf(lake)).toEqual([]);
    expect((await readStateOf(stores.compact)).partitions[done.partition]).toMatchObject({ rows: 220 });
  });

  it('holds the partition: a catch-up says what is missing and merges nothing, an overwrite lifts it', async () => {
    const lake = await replacedLake();
    const { stores, run } = lake;
    await rollback(lake);
    const before = await readMeta(stores.compact, DIRECTORY);
    expect(await catchUp(lake)).toMatchObject({ done: 0, failed: 1 });
    expect(await readMeta(stores.compact, DIRECTORY)).toEqual(before);
    expect((await readStateOf(stores.compact)).partitions['binance/bbo/btcusdt/20260203']).toMatchObject({
      status: 'stale',
      error: expect.stringContaining('--overwrite'),
    });
    await run();
    const meta = await readMeta(stores.compact, DIRECTORY);
    expect(meta).toMatchObject({ generation: 4, row_count: 229 });
    expect(meta.held).toBeUndefined();
    expect(await catchUp(lake)).toMatchObject({ done: 0, failed: 0 });
  });

  it('is not undone by a catch-up when the data of the held partition is gone either', async () => {
    const lake = await replacedLake();
    await rollback(lake);
    await lake.stores.compact.delete(`${DIRECTORY}data.parquet`);
    expect(await catchUp(lake)).toMatchObject({ done: 0, failed: 1 });
    expect(await readMeta(lake.stores.compact, DIRECTORY)).toMatchObject({ generation: 3 });
  });

  it('is not undone by a run that had decided to merge before it', async () => {
    const lake = await replacedLake();
    const { context, stores } = lake;
    await putSpool(stores.raw, `${BBO}2026-02-03_23-00-00.parquet`, rowsFrom(3000, 5));
    const slow: typeof context.execute = async (task, executeContext) => {
      await rollback(lake);
      return executePartition(task, executeContext);
    };
    expect(await compact(testRequest(), { ...context, execute: slow })).toMatchObject({ failed: 1 });
    expect(await readMeta(stores.compact, DIRECTORY)).toMatchObject({
      row_count: 220,
      held: { generation: 1 },
    });
  });

  it('refuses a generation that would hide rows whose spool files were collected', async () => {
    const lake = await replacedLake();
    const { context, stores } = lake;
    const { sources } = await readMeta(stores.compact, DIRECTORY);
    await recordCollected(stores.compact, { key: KEY, sources, clock: context.clock });
    await expect(rollback(lake)).rejects.toMatchObject({ kind: 'invalid', code: 'SOURCES_COLLECTED' });
    expect(await readMeta(stores.compact, DIRECTORY)).toMatchObject({ generation: 2, row_count: 229 });
  });

  it('tells state that the generation lacks rows of damaged files', async () => {
    const lake = newLake();
    const { context, stores } = lake;
    const days = { mode: 'single', day: KEY.day } as const;
    const skip = () => compact(testRequest({ days, overwrite: true, onCorrupt: 'skip' }), context);
    await putFiles(stores.raw);
    await stores.raw.put(`${BBO}2026-02-03_12-00-00.parquet`, new Uint8Array(99));
    await skip();
    await putSpool(stores.raw, `${BBO}2026-02-03_13-00-00.parquet`, rowsFrom(70, 9));
    await skip();
    await rollback(lake);
    const { partitions } = await readStateOf(stores.compact);
    expect(partitions['binance/bbo/btcusdt/20260203']).toMatchObject({
      ...{ status: 'quarantine', complete: false, rows: 220 },
      failing_key: '2026-02-03_12-00-00.parquet',
    });
  });

  it('stands where state cannot be told, and says so', async () => {
    const lake = await replacedLake();
    const { compact: store } = lake.stores;
    await store.put(STATE_KEY, new TextEncoder().encode('{ not json'));
    const done = await rollback(lake);
    expect(done).toMatchObject({ publishedAs: 3, stateError: expect.stringContaining('state rebuild') });
    expect(rollbackText(done)).toContain(`the next run tells it: ${done.stateError}`);
    expect(await readMeta(store, DIRECTORY)).toMatchObject({ generation: 3, row_count: 220 });
  });

  it('refuses a generation with pages that no checksum protects', async () => {
    const lake = await replacedLake();
    const { compact: store } = lake.stores;
    const [name = ''] = await stagedIn(store);
    const unprotected = await rewritten((await store.get(DIRECTORY + name)).bytes);
    await store.delete(DIRECTORY + name);
    const sha16 = (await sha256Of(bytesSource(unprotected))).slice(0, 16);
    await store.put(`${DIRECTORY}data-g1-${sha16}.parquet`, unprotected);
    await expect(rollback(lake)).rejects.toMatchObject({
      ...{ kind: 'corrupt', code: 'GENERATION' },
      details: { reason: 'some pages carry no checksum' },
    });
  });

  it('counts the rows of other days once more', async () => {
    const lake = newLake();
    await putSpool(lake.stores.raw, `${BBO}2026-02-03_00-00-01.parquet`, rowsFrom(-25, 7));
    await lake.run();
    expect(await readMeta(lake.stores.compact, DIRECTORY)).toMatchObject({ out_of_day_rows: 3 });
    await putSpool(lake.stores.raw, `${BBO}2026-02-03_10-00-00.parquet`, rowsFrom(0, 5));
    await lake.run();
    await rollback(lake);
    expect(await readMeta(lake.stores.compact, DIRECTORY)).toMatchObject({
      out_of_day_rows: 3,
      row_count: 7,
    });
  });

  it('goes to any generation that is there, and needs its name once the partition is held', async () => {
    const lake = await replacedLake();
    await rollback(lake);
    await expect(rollback(lake)).rejects.toMatchObject({ kind: 'invalid', code: 'HELD' });
    expect(await rollback(lake, { generation: 2 })).toMatchObject({ to: { rows: 229 }, publishedAs: 4 });
    expect(await rowsSeen(lake.stores.compact)).toBe(229);
    expect(await errorsOf(lake)).toEqual([]);
  });

  it('that is not to be applied proves the generation and writes nothing', async () => {
    const lake = await replacedLake();
    const recorded = recordStore(lake.stores.compact);
    const told = await rollback(lake, { apply: false }, recorded.store);
    expect(told).toMatchObject({ applied: false, publishedAs: null, to: { generation: 1, rows: 220 } });
    expect(rollbackText(told)).toContain('--yes publishes it');
    expect(recorded.operations.filter(({ name }) => name === 'put' || name === 'delete')).toEqual([]);
  });

  it('refuses generations that are not there, and partitions that are not published', async () => {
    const lake = await replacedLake();
    for (const generation of [3, 9]) {
      await expect(rollback(lake, { generation })).rejects.toMatchObject({ kind: 'missing' });
    }
    await expect(rollback(newLake())).rejects.toMatchObject({ kind: 'missing' });
    const single = newLake();
    await putFiles(single.stores.raw);
    await single.run();
    await expect(rollback(single)).rejects.toMatchObject({ kind: 'missing' });
  });

  it('does not choose between two generations of one number', async () => {
    const lake = await replacedLake();
    const { compact: store } = lake.stores;
    await store.put(`${DIRECTORY}data-g1-0123456789abcdef.parquet`, new Uint8Array(9));
    await expect(rollback(lake)).rejects.toMatchObject({ kind: 'invalid', code: 'AMBIGUOUS' });
  });

  it('changes nothing when a bit of the generation is not what it was', async () => {
    const lake = await replacedLake();
    const { compact: store } = lake.stores;
    const [name = ''] = await stagedIn(store);
    const { bytes } = await store.get(DIRECTORY + name);
    for (const at of [40, bytes.length >> 1, bytes.length - 9]) {
      const damaged = Uint8Array.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      await store.put(DIRECTORY + name, damaged);
      const done = rollback(lake);
      await expect(done).rejects.toMatchObject({ kind: 'corrupt', code: 'GENERATION' });
    }
    expect(await readMeta(store, DIRECTORY)).toMatchObject({ generation: 2 });
    expect(await rowsSeen(store)).toBe(229);
  });

  it('leaves a partition alone that another run is at', async () => {
    const lake = await replacedLake();
    const lease = { holder: 'another', token: 9, ttl_s: 120, state: 'held', renewals: 0 };
    const key = 'compacted/locks/binance/bbo/btcusdt/20260203.lock';
    await lake.stores.compact.put(key, new TextEncoder().encode(JSON.stringify(lease)));
    await expect(rollback(lake)).rejects.toMatchObject({ kind: 'busy' });
  });

  it.each(['before', 'after'] as const)(
    'that dies %s any operation is finished by naming it again',
    async (when) => {
      let points = 0;
      for (let crashed = true; crashed; points++) {
        const lake = await replacedLake();
        const { compact: store } = lake.stores;
        const crash = crashingStore(store, points + 1, when);
        await rollback(lake, { generation: 1 }, crash).catch((error: unknown) => {
          if (!crash.crashed) throw error;
        });
        ({ crashed } = crash);
        expect([220, 229]).toContain(await rowsSeen(store));
        await store.delete('compacted/locks/binance/bbo/btcusdt/20260203.lock');
        await rollback(lake, { generation: 1 });
        expect(await readMeta(store, DIRECTORY)).toMatchObject({ generation: 3, data: 'data.parquet' });
        expect(await rowsSeen(store)).toBe(220);
      }
      expect(points).toBeGreaterThan(20);
    },
  );
});

describe('a log', () => {
  it('lists the generations that are there, newest first, with what their footers say', async () => {
    const lake = await replacedLake();
    await rollback(lake);
    const { compact: store } = lake.stores;
    const log = await logPartition(store, KEY, ARENA);
    expect(log).toMatchObject({ unreadable: false, held: { generation: 1 } });
    const told = log.generations.map(({ generation, role, rows, sources }) => [
      generation,
      role,
      rows,
      sources,
    ]);
    expect(told).toEqual([
      [3, 'current', 220, 3],
      [3, 'copy', 220, 3],
      [2, 'superseded', 229, 4],
      [1, 'copy', 220, 3],
    ]);
    const meta = await readMeta(store, DIRECTORY);
    expect(log.generations[0]).toMatchObject({
      sha256: meta.sha256,
      data: 'data.parquet',
      at: meta.created_at,
    });
    expect(log.generations[1]).toMatchObject({
      sha256: meta.sha256.slice(0, 16),
      sizeBytes: meta.size_bytes,
    });
    expect(logText([log]).split('\n')).toHaveLength(5);
  });

  it('tells what has no footer, and a manifest that cannot be read', async () => {
    const { stores } = await replacedLake();
    const [name = ''] = await stagedIn(stores.compact);
    await stores.compact.put(DIRECTORY + name, new Uint8Array(20));
    const [, , last] = (await logPartition(stores.compact, KEY, ARENA)).generations;
    expect(last).toMatchObject({ generation: 1, rows: null, problem: expect.any(String) });
    await stores.compact.put(`${DIRECTORY}meta.json`, new TextEncoder().encode('{"rows": 7}'));
    expect(await logPartition(stores.compact, KEY, ARENA)).toMatchObject({
      unreadable: true,
      generations: [],
    });
  });
});
