import { parseUtcDay } from '@ticklake/core';
import { quarantineFile } from '@ticklake/jobs';
import { LakeError } from '@ticklake/core';
import { memoryStore, withPrefix, type ObjectStore } from '@ticklake/storage';
import { crashingStore, recordStore } from '@ticklake/storage/testing';
import { collectSpool } from './collect-spool.js';
import type { CollectContext } from './collect-sources.js';
import { collectedSchema } from './documents.js';
import { compact } from './job.js';
import { reportQuality } from './quality/report-quality.js';
import { casPatience } from './state.js';
import { ARENA, noonOf, testContext, testRequest } from './testing/context.js';
import { contentsOf, putSpool } from './testing/spool.js';
import { BBO, BBO_FILES, readMeta, rowsFrom, spool } from './testing/two-partitions.js';
import { verifyPartition } from './verify-partition.js';

const DAY = parseUtcDay('20260203');
const PARTITION = `${BBO}date=20260203/`;
const RECORD = `${PARTITION}sources-collected.json`;
const KEY = { exchange: 'binance', stream: 'bbo', symbol: 'btcusdt', day: DAY };
const [FIRST = '', SECOND = ''] = Object.keys(BBO_FILES);
const HOUR_MS = 3_600_000;
const { signal } = new AbortController();

interface Stores {
  readonly raw: ObjectStore;
  readonly compact: ObjectStore;
}

/** Published on noon of 2026-02-04. */
async function published(): Promise<Stores> {
  const stores = await spool();
  await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
  return stores;
}

/** Collects the files of {@link KEY} on noon of 2026-02-08, four days later. */
async function collect(stores: Stores, changes: Partial<CollectContext> = {}) {
  const events: unknown[] = [];
  const filter = {
    exchanges: new Set([KEY.exchange]),
    streams: undefined,
    symbols: undefined,
    includesDay: () => true,
  };
  const collection = await collectSpool(filter, {
    ...stores,
    arena: ARENA,
    apply: true,
    graceMs: 72 * HOUR_MS,
    filesMax: Number.POSITIVE_INFINITY,
    clock: noonOf('2026-02-08'),
    owner: 'test',
    signal,
    onEvent: (event) => events.push(event),
    ...changes,
  });
  return { ...collection, events };
}

async function spoolNames({ raw }: Stores): Promise<string[]> {
  return [...(await contentsOf(raw)).keys()]
    .filter((key) => key.startsWith(BBO))
    .map((key) => key.slice(BBO.length));
}

async function recorded({ compact: lake }: Stores) {
  const { bytes } = await lake.get(RECORD);
  return collectedSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
}

async function runAgain(stores: Stores, changes = {}) {
  const context = testContext(stores, { today: '2026-02-08' });
  const summary = await compact(testRequest({ days: { mode: 'single', day: DAY }, ...changes }), context);
  const codes = context.events.flatMap((event) =>
    event.type === 'failed' && event.error instanceof LakeError ? [event.error.code] : [],
  );
  return { ...summary, codes };
}

describe('collecting the sources of a partition', () => {
  it('only tells which would go, unless it is applied', async () => {
    const stores = await published();
    const [raw, lake] = [await contentsOf(stores.raw), await contentsOf(stores.compact)];
    const { partitions, files, bytes, events } = await collect(stores, { apply: false });
    const { sources } = await readMeta(stores.compact, PARTITION);
    expect(partitions).toEqual([
      {
        partition: 'binance/bbo/btcusdt/20260203',
        outcome: 'collectable',
        reason: 'in the receipt of generation 1, published 2026-02-04T12:00:00.000Z, verified now',
        files: sources.map(({ name, size, sha256 }) => ({ key: BBO + name, size, sha256 })),
      },
    ]);
    expect([files, bytes]).toEqual([3, sources.reduce((sum, { size }) => sum + size, 0)]);
    expect(events).toEqual([]);
    expect(await contentsOf(stores.raw)).toEqual(raw);
    expect(await contentsOf(stores.compact)).toEqual(lake);
  });

  it('deletes them, tells each, and leaves a record', async () => {
    const stores = await published();
    const before = (await contentsOf(stores.raw)).size;
    const { partitions, events } = await collect(stores);
    expect(partitions).toMatchObject([{ outcome: 'collected' }]);
    expect(await spoolNames(stores)).toEqual([]);
    expect((await contentsOf(stores.raw)).size).toBe(before - 3);
    expect(events).toMatchObject(Object.keys(BBO_FILES).map((name) => ({ details: { key: BBO + name } })));
    const { sources } = await readMeta(stores.compact, PARTITION);
    expect((await recorded(stores)).sources).toEqual(
      sources.map(({ name, size, sha256 }) => ({
        ...{ name, size, sha256 },
        collected_at: '2026-02-08T12:00:00.000Z',
      })),
    );
    const { findings } = await verifyPartition(KEY, {
      arena: ARENA,
      compact: stores.compact,
      raw: undefined,
      signal,
    });
    expect(findings).toEqual([]);
  });

  it('is told by verify, which names a record that cannot be read', async () => {
    const stores = await published();
    await collect(stores, { filesMax: 1 });
    const told = async () => {
      const { findings } = await verifyPartition(KEY, { ...stores, arena: ARENA, signal });
      return findings.map(({ check, severity, details }) => [check, severity, details['name']]);
    };
    expect(await told()).toEqual([['source_collected', 'info', FIRST]]);
    await stores.compact.put(RECORD, new TextEncoder().encode('['));
    expect(await told()).toEqual([
      ['collected', 'error', RECORD],
      ['source_missing', 'warning', FIRST],
    ]);
    const report = await reportQuality({
      ...{ ...stores, days: [DAY], filter: testRequest().filter, signal, arena: ARENA },
      ...{ scan: false, silenceMs: () => 60_000 },
    });
    expect(report.days).toMatchObject([{ stale: ['binance/bbo/btcusdt'] }]);
    // A run guesses nothing either.
    expect(await runAgain(stores)).toMatchObject({ failed: 1, codes: ['DOCUMENT'] });
  });

  it('goes as far as it may, and on from there', async () => {
    const stores = await published();
    expect(await collect(stores, { filesMax: 1 })).toMatchObject({ files: 1, isCapped: true });
    expect(await spoolNames(stores)).not.toContain(FIRST);
    expect((await recorded(stores)).sources).toHaveLength(1);
    expect(await collect(stores)).toMatchObject({ files: 2, isCapped: false });
    expect(await spoolNames(stores)).toEqual([]);
    expect((await recorded(stores)).sources).toHaveLength(3);
    expect(await collect(stores)).toMatchObject({ files: 0, partitions: [] });
  });
});

const flipped = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));

async function flip(store: ObjectStore, key: string, at: number): Promise<void> {
  await store.put(key, flipped((await store.get(key)).bytes, at));
}

async function changeMeta(stores: Stores, changes: object): Promise<void> {
  const meta = { ...(await readMeta(stores.compact, PARTITION)), ...changes };
  await stores.compact.put(`${PARTITION}meta.json`, new TextEncoder().encode(JSON.stringify(meta)));
}

describe('nothing is collected', () => {
  it.each<[string, 'kept' | 'refused', RegExp, (stores: Stores) => Promise<unknown>]>([
    [
      'of what is not published',
      'kept',
      /not published/,
      ({ compact: lake }) => lake.delete(`${PARTITION}meta.json`),
    ],
    [
      'of what was published too recently',
      'kept',
      /too recent/,
      (stores) => changeMeta(stores, { created_at: '2026-02-05T12:00:01.000Z' }),
    ],
    [
      'of what was published nobody knows when',
      'refused',
      /when it was published/,
      (stores) => changeMeta(stores, { created_at: 'once' }),
    ],
    [
      'of what lacks damaged files',
      'kept',
      /without damaged/,
      (stores) => changeMeta(stores, { complete: false }),
    ],
    [
      'when a manifest cannot be read',
      'refused',
      /meta.json/,
      ({ compact: lake }) => lake.put(`${PARTITION}meta.json`, new TextEncoder().encode('{')),
    ],
    [
      'when a file came late',
      'kept',
      /came after/,
      ({ raw }) => putSpool(raw, `${BBO}2026-02-03_09-00-00.parquet`, rowsFrom(3, 10)),
    ],
    ['when another file is gone', 'refused', /gone or changed/, ({ raw }) => raw.delete(BBO + SECOND)],
    [
      'when the data object is gone',
      'refused',
      /data object/,
      ({ compact: lake }) => lake.delete(`${PARTITION}data.parquet`),
    ],
    [
      'when a bit of the data object is not what it was',
      'refused',
      /verify: /,
      ({ compact: lake }) => flip(lake, `${PARTITION}data.parquet`, 50),
    ],
    [
      'when the receipt does not add up',
      'refused',
      /verify: receipt/,
      async (stores) => {
        const { receipt } = await readMeta(stores.compact, PARTITION);
        await changeMeta(stores, { receipt: { ...receipt, inputs: { ...receipt.inputs, rows: 219 } } });
      },
    ],
    [
      'when a spool file has other bytes of the same size',
      'refused',
      /not the one that was compacted: 2026-02-03_10-01-00/,
      ({ raw }) => flip(raw, BBO + SECOND, 60),
    ],
    [
      'when a file of the same name and size is in the other layout too',
      'refused',
      /both of its layouts/,
      async ({ raw }) => raw.put(PARTITION + FIRST, (await raw.get(BBO + FIRST)).bytes),
    ],
    [
      'when a file of the partition is in quarantine',
      'kept',
      /quarantine/,
      (stores) =>
        quarantineFile({
          source: stores.raw,
          key: BBO + FIRST,
          target: stores.compact,
          directory: `QUARANTINE/${PARTITION}`,
          error: new LakeError('corrupt', 'bad', { code: 'TRUNCATED' }),
          tool: 'test',
          update: casPatience(noonOf('2026-02-08')),
        }),
    ],
  ])('%s', async (_, outcome, reason, prepare) => {
    const stores = await published();
    await prepare(stores);
    const [raw, lake] = [await contentsOf(stores.raw), await contentsOf(stores.compact)];
    const { partitions, events } = await collect(stores);
    expect(partitions).toMatchObject([{ outcome, reason: expect.stringMatching(reason), files: [] }]);
    expect(events).toEqual([]);
    expect(await contentsOf(stores.raw)).toEqual(raw);
    const unlocked = [...(await contentsOf(stores.compact))].filter(([key]) => !key.endsWith('.lock'));
    expect(new Map(unlocked)).toEqual(new Map([...lake].filter(([key]) => !key.endsWith('.lock'))));
  });

  it('by a call that loses its lease meanwhile', async () => {
    const stores = await published();
    // Renewals fall due and the store does not take them, so the lease fences itself off.
    const lockless: ObjectStore = {
      ...stores.compact,
      async put(key, body, options) {
        if (key.endsWith('.lock') && typeof options?.onlyIf === 'object')
          throw new LakeError('unavailable', 'no answer');
        return stores.compact.put(key, body, options);
      },
    };
    await stores.compact.delete('compacted/locks/binance/bbo/btcusdt/20260203.lock');
    const sleep = () => new Promise<void>((resolve) => setImmediate(resolve));
    const clock = { ...noonOf('2026-02-08'), sleep };
    const slow: ObjectStore = {
      ...stores.raw,
      async get(key, into) {
        for (let turn = 0; turn < 100; turn++) await sleep();
        return stores.raw.get(key, into);
      },
    };
    const { partitions } = await collect({ raw: slow, compact: lockless }, { clock });
    expect(partitions).toMatchObject([{ outcome: 'kept', reason: 'another run is at it', files: [] }]);
    expect(await spoolNames(stores)).toHaveLength(3);
  });

  it('from the moment on that a file is put anew, and what is gone by then is recorded', async () => {
    const stores = await published();
    const raw: ObjectStore = {
      ...stores.raw,
      async delete(key) {
        await stores.raw.delete(key);
        if (key.endsWith(FIRST)) await putSpool(stores.raw, BBO + SECOND, rowsFrom(1, 2));
      },
    };
    const { partitions } = await collect({ ...stores, raw });
    expect(partitions).toMatchObject([{ outcome: 'refused', files: [{ key: BBO + FIRST }] }]);
    expect(await spoolNames(stores)).toContain(SECOND);
    expect((await recorded(stores)).sources.map(({ name }) => name)).toContain(FIRST);
  });
});

describe('a partition whose sources were collected', () => {
  it.each([1, Number.POSITIVE_INFINITY])('is current, when up to %d of them are gone', async (filesMax) => {
    const stores = await published();
    await collect(stores, { filesMax });
    expect(await runAgain(stores)).toMatchObject({ done: 0, failed: 0, codes: [] });
    const filter = testRequest().filter;
    const report = await reportQuality({
      ...{ ...stores, days: [DAY], filter, signal, arena: ARENA },
      ...{ scan: false, silenceMs: () => 60_000 },
    });
    expect(report.days).toMatchObject([{ stale: [], partitions: 2 }]);
  });

  it('is not overwritten, since its rows would be lost', async () => {
    const stores = await published();
    await collect(stores, { filesMax: 1 });
    const before = await readMeta(stores.compact, PARTITION);
    expect(await runAgain(stores, { overwrite: true })).toMatchObject({
      failed: 1,
      codes: ['SOURCES_COLLECTED'],
    });
    expect(await readMeta(stores.compact, PARTITION)).toEqual(before);
  });

  it('is not made again of what is left when its data object is gone', async () => {
    const stores = await published();
    await collect(stores, { filesMax: 1 });
    await stores.compact.delete(`${PARTITION}data.parquet`);
    expect(await runAgain(stores)).toMatchObject({ failed: 1, codes: ['SOURCES_COLLECTED'] });
  });

  it('lost files, when others are gone that nobody collected', async () => {
    const stores = await published();
    await collect(stores, { filesMax: 1 });
    await stores.raw.delete(BBO + SECOND);
    expect(await runAgain(stores)).toMatchObject({ failed: 1, codes: ['SOURCES_GONE'] });
  });

  it('lost files, when the record is of other bytes', async () => {
    const stores = await published();
    await collect(stores, { filesMax: 1 });
    const record = await recorded(stores);
    const other = record.sources.map((source) => ({ ...source, sha256: '0'.repeat(64) }));
    await stores.compact.put(RECORD, new TextEncoder().encode(JSON.stringify({ ...record, sources: other })));
    expect(await runAgain(stores)).toMatchObject({ failed: 1, codes: ['SOURCES_GONE'] });
  });
});

describe('a collection that is killed', () => {
  const sides = (store: ObjectStore): Stores => ({
    raw: withPrefix(store, 'spool/'),
    compact: withPrefix(store, 'lake/'),
  });

  async function oneStore(): Promise<ObjectStore> {
    const store = memoryStore();
    const { raw, compact: lake } = await published();
    for await (const { key } of raw.list('')) await store.put(`spool/${key}`, (await raw.get(key)).bytes);
    for await (const { key } of lake.list('')) await store.put(`lake/${key}`, (await lake.get(key)).bytes);
    return store;
  }

  it.each(['before', 'after'] as const)(
    '%s any operation leaves each file, or a record that it may be missing, and the next one finishes',
    async (when) => {
      const counted = recordStore(await oneStore());
      await collect(sides(counted.store));
      const { length: operationCount } = counted.operations;
      expect(operationCount).toBeGreaterThan(20);
      for (let failAt = 1; failAt <= operationCount; failAt++) {
        const store = await oneStore();
        const crash = crashingStore(store, failAt, when);
        await collect(sides(crash)).catch(() => undefined);
        expect(crash.crashed).toBe(true);
        const stores = sides(store);
        const left = await spoolNames(stores);
        const gone = Object.keys(BBO_FILES).filter((name) => !left.includes(name));
        const names = gone.length === 0 ? [] : (await recorded(stores)).sources.map(({ name }) => name);
        expect(names).toEqual(expect.arrayContaining(gone));
        expect(await runAgain(stores)).toMatchObject({ failed: 0, done: 0 });
        await collect(stores);
        expect(await spoolNames(stores)).toEqual([]);
        expect((await recorded(stores)).sources).toHaveLength(3);
      }
    },
    300_000,
  );
});
