import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseUtcDay } from '@ticklake/core';
import { localStore, memoryStore, withPrefix, type ObjectStore } from '@ticklake/storage';
import { crashingStore, recordStore } from '@ticklake/storage/testing';
import { collectSpool } from './collect-spool.js';
import { compactPartition } from './compact-partition.js';
import { EVERYTHING } from './discover-partitions.js';
import type { Meta } from './documents.js';
import { compact, type CompactRequest } from './job.js';
import { ARENA, testContext, testRequest } from './testing/context.js';
import { openDuckdb, type Duckdb } from './testing/duckdb.js';
import { compareWithSort, perfect } from './testing/duckdb-sort.js';
import {
  contentsOf,
  emptyStore,
  expectedRows,
  parquetBytes,
  publishedRows,
  putSpool,
  spoolBatch,
  type SpoolRow,
} from './testing/spool.js';
import { BBO, BBO_FILES, readMeta, rowsFrom } from './testing/two-partitions.js';
import { verifyPartition } from './verify-partition.js';

const DAY = parseUtcDay('20260203');
const PARTITION = `${BBO}date=20260203/`;
const KEY = { exchange: 'binance', stream: 'bbo', symbol: 'btcusdt', day: DAY };
/** By name they come first and in between; their rows tie with published ones and with each other. */
const LATE_FILES = {
  '2026-02-03_09-00-00.parquet': rowsFrom(0, 60, 10),
  '2026-02-03_10-00-30.parquet': rowsFrom(0, 40, 20),
};
const LATER_FILES = { '2026-02-03_08-00-00.parquet': rowsFrom(0, 30, 30) };

interface Stores {
  readonly raw: ObjectStore;
  readonly compact: ObjectStore;
}

let duckdb: Duckdb;
let root: string;
beforeAll(async () => void (duckdb = await openDuckdb()));
afterAll(() => duckdb.close());
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'ticklake-late-'))));
afterEach(() => rmSync(root, { recursive: true }));

const putAll = async (store: ObjectStore, files: Readonly<Record<string, readonly SpoolRow[]>>) => {
  for (const [name, rows] of Object.entries(files)) await putSpool(store, BBO + name, rows);
};

/** Published on 2026-02-04, then collected but for what `filesMax` leaves. */
async function collected(
  filesMax = 99,
  stores = { raw: emptyStore(), compact: emptyStore() },
): Promise<Stores> {
  await putAll(stores.raw, BBO_FILES);
  await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
  await collect(stores, filesMax);
  return stores;
}

async function collect(stores: Stores, filesMax = 99): Promise<void> {
  const context = testContext(stores, { today: '2026-02-20' });
  await collectSpool(EVERYTHING, { ...context, apply: true, graceMs: 0, filesMax });
}

async function run(stores: Stores, changes: Partial<CompactRequest> = {}, today = '2026-02-05') {
  const context = testContext(stores, { today });
  return { ...(await compact(testRequest(changes), context)), events: context.events };
}

async function findings({ raw, compact: lake }: Stores) {
  const { signal } = new AbortController();
  return (await verifyPartition(KEY, { arena: ARENA, compact: lake, raw, signal })).findings.map(
    ({ check }) => check,
  );
}

const sourcesOf = ({ sources }: Meta) => sources.map(({ name, rows }) => [name, rows]);

describe('files that come after the sources of a partition were collected', () => {
  it('are merged with what is published, which DuckDB sorts the same way', async () => {
    const stores = { raw: localStore(join(root, 'raw')), compact: localStore(join(root, 'lake')) };
    const everything = localStore(join(root, 'all'));
    await putAll(everything, { ...BBO_FILES, ...LATE_FILES, ...LATER_FILES });
    await collected(99, stores);
    await putAll(stores.raw, LATE_FILES);
    expect(await run(stores)).toMatchObject({ done: 1, failed: 0, rows: 320 });
    await collect(stores);
    await putAll(stores.raw, LATER_FILES);
    expect(await run(stores)).toMatchObject({ done: 1, failed: 0, rows: 350 });

    const names = [BBO_FILES, LATE_FILES, LATER_FILES].map((files) => Object.keys(files));
    const list = (files: readonly string[] = []) => files.map((name) => `'${name}'`).join(', ');
    const arrival = `CASE WHEN name IN (${list(names[0])}) THEN 0 WHEN name IN (${list(names[1])}) THEN 1 ELSE 2 END`;
    const question = {
      duckdb,
      sources: names.flat().map((name) => join(root, 'all', BBO, name)),
      output: join(root, 'lake', PARTITION, 'data.parquet'),
    };
    const ties = `${arrival}, name, file_row_number`;
    const comparison = await compareWithSort({ ...question, ties });
    expect(comparison).toEqual(perfect(comparison));
    expect(comparison.rows).toBe(350);
    // It matters: one run over everything would have settled ties by name.
    expect((await compareWithSort(question)).differing).toBeGreaterThan(0);
  });

  it('make a receipt of the old publication and the new files, and keep the old sources', async () => {
    const stores = await collected();
    const before = await readMeta(stores.compact, PARTITION);
    await putAll(stores.raw, LATE_FILES);
    await run(stores);
    const meta = await readMeta(stores.compact, PARTITION);
    expect(meta).toMatchObject({
      generation: 2,
      row_count: 320,
      source_files: 5,
      complete: true,
      out_of_day_rows: 0,
    });
    expect(sourcesOf(meta)).toEqual([
      ...sourcesOf(before),
      ['2026-02-03_09-00-00.parquet', 60],
      ['2026-02-03_10-00-30.parquet', 40],
    ]);
    expect(meta.receipt.base).toEqual({
      sha256: before.sha256,
      files: 3,
      rows: 220,
      multiset: before.content.multiset,
    });
    expect(meta.receipt.inputs).toMatchObject({ files: 5, rows: 320, multiset: meta.content.multiset });
    expect(new Set(await findings(stores))).toEqual(new Set(['source_collected']));
    // The old generation stays until somebody sweeps.
    const staged = `${PARTITION}data-g1-${before.sha256.slice(0, 16)}.parquet`;
    expect(await stores.compact.head(staged)).toBeDefined();
  });

  it('are merged once', async () => {
    const stores = await collected();
    await putAll(stores.raw, LATE_FILES);
    await run(stores);
    const before = await contentsOf(stores.compact);
    expect(await run(stores)).toMatchObject({ done: 0, skipped: 1, failed: 0 });
    expect(await contentsOf(stores.compact)).toEqual(before);
  });

  it('are merged with all of it when only some of its sources are gone', async () => {
    const stores = await collected(1);
    await putAll(stores.raw, LATE_FILES);
    expect(await run(stores)).toMatchObject({ done: 1, failed: 0, rows: 320 });
    await collect(stores);
    expect([...(await contentsOf(stores.raw)).keys()]).toEqual([]);
  });

  it('are stale when they are too late, unless it is to be overwritten', async () => {
    const stores = await collected();
    await putAll(stores.raw, LATE_FILES);
    const single = { days: { mode: 'single', day: DAY } } as const;
    const { failed, events } = await run(stores, single);
    expect(failed).toBe(1);
    expect(events.find((event) => event.type === 'failed')).toMatchObject({ error: { code: 'STALE' } });
    expect(await run(stores, { ...single, overwrite: true })).toMatchObject({ done: 1, rows: 320 });
  });

  it('without a row make a receipt too', async () => {
    const stores = await collected();
    await putAll(stores.raw, { '2026-02-03_09-00-00.parquet': [] });
    expect(await run(stores)).toMatchObject({ done: 1 });
    expect(await readMeta(stores.compact, PARTITION)).toMatchObject({
      generation: 2,
      source_files: 4,
      row_count: 220,
    });
  });

  it('whose columns are others are refused, and nothing changes', async () => {
    const stores = await collected();
    const before = await readMeta(stores.compact, PARTITION);
    const { schema, rowCount, columns } = spoolBatch(rowsFrom(0, 5));
    const narrow = { schema: { fields: schema.fields.slice(0, 2) }, rowCount, columns: columns.slice(0, 2) };
    await stores.raw.put(`${BBO}2026-02-03_09-00-00.parquet`, await parquetBytes(narrow));
    const { failed, events } = await run(stores);
    expect(failed).toBe(1);
    expect(events.find((event) => event.type === 'failed')).toMatchObject({
      error: { code: 'SCHEMA_MISMATCH' },
    });
    expect(await readMeta(stores.compact, PARTITION)).toEqual(before);
  });

  it('that are damaged are not left out: what is published is complete', async () => {
    const stores = await collected();
    const before = await readMeta(stores.compact, PARTITION);
    await putAll(stores.raw, LATE_FILES);
    await stores.raw.put(`${BBO}2026-02-03_11-00-00.parquet`, new Uint8Array(3));
    const skip = { onCorrupt: 'skip' } as const;
    for (const changes of [{}, skip, { ...skip, overwrite: true }]) {
      expect(await run(stores, changes)).toMatchObject({ done: 0, failed: 1 });
      expect(await readMeta(stores.compact, PARTITION)).toEqual(before);
    }
  });

  it('are not merged with what is not what was published', async () => {
    const stores = await collected();
    await putAll(stores.raw, LATE_FILES);
    const { bytes } = await stores.compact.get(`${PARTITION}data.parquet`);
    await stores.compact.put(
      `${PARTITION}data.parquet`,
      bytes.map((byte, i) => (i === 60 ? byte ^ 1 : byte)),
    );
    const { failed, events } = await run(stores);
    expect(failed).toBe(1);
    expect(events.find((event) => event.type === 'failed')).toMatchObject({
      error: { code: 'DATA_MISMATCH' },
    });
  });

  it('are merged once by two runs at once', async () => {
    const alone = await collected();
    await putAll(alone.raw, LATE_FILES);
    await run(alone);
    const stores = await collected();
    await putAll(stores.raw, LATE_FILES);
    const both = ['a', 'b'].map((owner) =>
      compact(testRequest(), { ...testContext(stores, { today: '2026-02-05' }), owner }),
    );
    for (const { failed } of await Promise.all(both)) expect(failed).toBe(0);
    await run(stores);
    const [one, two] = [await readMeta(alone.compact, PARTITION), await readMeta(stores.compact, PARTITION)];
    expect({ ...two, etag: '' }).toEqual({ ...one, etag: '' });
  });
});

describe('files with numbers of their own', () => {
  /** What was published of `rows`: a file with a `seq`. */
  async function numbered(rows: readonly SpoolRow[]): Promise<Uint8Array> {
    const stores = { raw: emptyStore(), compact: emptyStore() };
    await putAll(stores.raw, { '2026-02-03_00-00-00.parquet': rows });
    await run(stores, {}, '2026-02-04');
    return (await stores.compact.get(`${PARTITION}data.parquet`)).bytes;
  }

  it('are merged after the published rows too, and numbered anew', async () => {
    const stores = { raw: emptyStore(), compact: emptyStore() };
    const published = rowsFrom(0, 30);
    await stores.raw.put(`${BBO}2026-02-03_10-00-00.parquet`, await numbered(published));
    await run(stores, {}, '2026-02-04');
    await collect(stores);
    await stores.raw.put(
      `${BBO}2026-02-03_09-00-00.parquet`,
      await numbered(LATER_FILES['2026-02-03_08-00-00.parquet']),
    );
    expect(await run(stores)).toMatchObject({ done: 1, rows: 60 });
    expect(await publishedRows(stores.compact, `${PARTITION}data.parquet`)).toEqual(
      expectedRows({ '0 published': published, '1 late': LATER_FILES['2026-02-03_08-00-00.parquet'] }),
    );
  });
});

describe('a merge with what is published', () => {
  it('is not made with another publication than it was decided on', async () => {
    const stores = await collected();
    await putAll(stores.raw, LATE_FILES);
    const { objects: sources } = await stores.raw.children(BBO);
    const task = { id: 'x', key: KEY, sources, replace: true, base: '0'.repeat(64) };
    const context = {
      ...testContext(stores, { today: '2026-02-05' }),
      createdAt: '',
      onRows: () => undefined,
    };
    await expect(compactPartition(task, context)).rejects.toMatchObject({
      kind: 'conflict',
      code: 'PUBLISHED_MEANWHILE',
    });
  });

  it('is not published when another publication comes while it is made', async () => {
    const stores = await collected();
    await putAll(stores.raw, LATE_FILES);
    const other = await collected();
    await putAll(other.raw, LATER_FILES);
    await run(other);
    // The other's generation 2 is committed when the spool is asked whether it is unchanged.
    const raw: ObjectStore = {
      ...stores.raw,
      async head(key) {
        for (const name of ['data.parquet', 'meta.json'])
          await stores.compact.put(PARTITION + name, (await other.compact.get(PARTITION + name)).bytes);
        return stores.raw.head(key);
      },
    };
    const { failed, events } = await run({ ...stores, raw });
    expect(failed).toBe(1);
    expect(events.find((event) => event.type === 'failed')).toMatchObject({ error: { kind: 'conflict' } });
    expect(await readMeta(stores.compact, PARTITION)).toMatchObject({ row_count: 250, generation: 2 });
  });

  it.each(['before', 'after'] as const)(
    'that is killed %s any operation is made by the next run, and no row is lost meanwhile',
    async (when) => {
      const ready = await collected();
      await putAll(ready.raw, LATE_FILES);
      const sides = (store: ObjectStore) => ({
        raw: withPrefix(store, 'spool/'),
        compact: withPrefix(store, 'lake/'),
      });
      const oneStore = async () => {
        const store = memoryStore();
        const { raw, compact: lake } = sides(store);
        for await (const { key } of ready.raw.list('')) await raw.put(key, (await ready.raw.get(key)).bytes);
        for await (const { key } of ready.compact.list(''))
          await lake.put(key, (await ready.compact.get(key)).bytes);
        return store;
      };
      const counted = recordStore(await oneStore());
      await run(sides(counted.store));
      const { length: operationCount } = counted.operations;
      const expected = await publishedRows(sides(counted.store).compact, `${PARTITION}data.parquet`);
      expect(expected).toHaveLength(320);
      for (let failAt = 1; failAt <= operationCount; failAt++) {
        const store = await oneStore();
        const crash = crashingStore(store, failAt, when);
        await run(sides(crash)).catch(() => undefined);
        expect(crash.crashed).toBe(true);
        const stores = sides(store);
        expect([220, 320]).toContain((await readMeta(stores.compact, PARTITION)).row_count);
        expect(await run(stores)).toMatchObject({ failed: 0 });
        // Who knows only the fixed name may see the old rows until the next replacement; meta.json names the new ones.
        const { data } = await readMeta(stores.compact, PARTITION);
        expect(await publishedRows(stores.compact, PARTITION + data)).toEqual(expected);
        expect(new Set(await findings(stores))).toEqual(new Set(['source_collected']));
      }
    },
    300_000,
  );
});

describe('files that come while the sources are there', () => {
  it('make the partition anew of everything, with the bytes of one run over all', async () => {
    const stores = { raw: emptyStore(), compact: emptyStore() };
    await putAll(stores.raw, BBO_FILES);
    await run(stores, {}, '2026-02-04');
    await putAll(stores.raw, LATE_FILES);
    await run(stores);
    const once = { raw: stores.raw, compact: emptyStore() };
    await run(once, { days: { mode: 'single', day: DAY } });
    const [late, all] = await Promise.all(
      [stores, once].map(({ compact: lake }) => lake.get(`${PARTITION}data.parquet`)),
    );
    expect(late?.bytes).toEqual(all?.bytes);
    expect((await readMeta(stores.compact, PARTITION)).receipt.base).toBeUndefined();
  });
});
