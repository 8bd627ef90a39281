import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LakeError } from '@ticklake/core';
import { localStore, nodeFileSystem, readOnly, type ObjectStore } from '@ticklake/storage';
import { STATE_KEY } from './documents.js';
import { compact } from './job.js';
import { partitionDirectory } from './partition-key.js';
import { codesOf, failuresOf, keyOf, spoolKey, TODAY } from './testing/bad-spool.js';
import { ARENA, testContext, testRequest, testSettings } from './testing/context.js';
import { contentsOf, emptyStore, putSpool } from './testing/spool.js';
import { readMeta, rowsFrom } from './testing/two-partitions.js';
import { verifyPartition } from './verify-partition.js';

/* The rows of ../BAD-INPUT.md about spools and lakes that are not as they should be; each test is named by its row. */

const { signal } = new AbortController();
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'ticklake-bad-places-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A spool of one partition of two files, whose store does something else with `key` than it should. */
async function compactThrough(change: (raw: ObjectStore) => ObjectStore) {
  const raw = emptyStore();
  await putSpool(raw, spoolKey('s', 0), rowsFrom(0, 30));
  await putSpool(raw, spoolKey('s', 1), rowsFrom(100, 30));
  await putSpool(raw, spoolKey('t', 0), rowsFrom(0, 20));
  const stores = { raw: change(raw), compact: emptyStore() };
  const context = testContext(stores, { today: TODAY });
  const summary = await compact(testRequest(), context);
  return { compact: stores.compact, raw, summary, failure: failuresOf(context)[0] };
}

describe('a spool that changes or cannot be read', () => {
  const victim = spoolKey('s', 1);
  const nothingPutAway = async (store: ObjectStore) => expect(await codesOf(store, 's')).toEqual([]);

  it('row 45: a file that is gone between listing and reading fails its partition, and condemns nothing', async () => {
    const {
      compact: store,
      summary,
      failure,
    } = await compactThrough((raw) => ({
      ...raw,
      get: async (key) => {
        if (key === victim) await raw.delete(key);
        return raw.get(key);
      },
    }));
    expect(summary).toMatchObject({ done: 1, failed: 1, lastCompactedDay: null });
    expect(failure).toMatchObject({ kind: 'missing' });
    await nothingPutAway(store);
  });

  it('row 46: a file that grew since it was listed is listed once more, and all of it is published', async () => {
    let hasGrown = false;
    const { compact: store, summary } = await compactThrough((raw) => ({
      ...raw,
      get: async (key) => {
        if (key === victim && !hasGrown) await putSpool(raw, victim, rowsFrom(100, 45));
        hasGrown ||= key === victim;
        return raw.get(key);
      },
    }));
    expect(summary).toMatchObject({ done: 2, failed: 0, rows: 30 + 45 + 20 });
    expect((await readMeta(store, partitionDirectory(keyOf('s')))).row_count).toBe(75);
  });

  it.each([
    ['row 49: that may not be read', new LakeError('denied', 'permission denied')],
    ['row 49: that cannot be read for now', new LakeError('unavailable', 'input/output error')],
  ])('a file %s fails its partition, and is not put away', async (_, error) => {
    const {
      compact: store,
      summary,
      failure,
    } = await compactThrough((raw) => ({
      ...raw,
      get: (key) => (key === victim ? Promise.reject(error) : raw.get(key)),
    }));
    expect(summary).toMatchObject({ done: 1, failed: 1 });
    expect(failure).toMatchObject({ kind: error.kind });
    await nothingPutAway(store);
  });

  it('row 44: a file that came again under its name with other bytes is not merged, and the partition is held', async () => {
    const { compact: store, raw } = await compactThrough((same) => same);
    await putSpool(raw, victim, rowsFrom(500, 10));
    const before = await contentsOf(store);
    const context = testContext({ raw, compact: store }, { today: TODAY });
    expect(await compact(testRequest(), context)).toMatchObject({ done: 0, failed: 1, skipped: 1 });
    expect(failuresOf(context)).toMatchObject([{ code: 'SOURCES_GONE' }]);
    for (const name of ['data.parquet', 'meta.json']) {
      const key = partitionDirectory(keyOf('s')) + name;
      expect((await contentsOf(store)).get(key)).toBe(before.get(key));
    }
  });

  it('row 41: a file whose rows are in no order is sorted, and said to have been', async () => {
    const raw = emptyStore();
    await putSpool(raw, spoolKey('s', 0), [...rowsFrom(0, 300)].reverse());
    const stores = { raw, compact: emptyStore() };
    const settings = testSettings({ sortRows: 40 });
    await compact(testRequest(), testContext(stores, { today: TODAY, settings }));
    const meta = await readMeta(stores.compact, partitionDirectory(keyOf('s')));
    expect(meta.row_count).toBe(300);
    const { findings } = await verifyPartition(keyOf('s'), { arena: ARENA, ...stores, signal });
    expect(findings).toEqual([]);
  });
});

describe('things on a disk that are no files', () => {
  const compactWith = async (make: (path: string) => void) => {
    const root = mkdtempSync(join(directory, 'spool-'));
    const raw = localStore(root);
    await putSpool(raw, spoolKey('s', 0), rowsFrom(0, 10));
    await putSpool(raw, spoolKey('t', 0), rowsFrom(0, 10));
    make(join(root, spoolKey('s', 1)));
    const context = testContext({ raw: readOnly(raw), compact: emptyStore() }, { today: TODAY });
    return { summary: await compact(testRequest(), context), failures: failuresOf(context) };
  };

  it.each<[string, (path: string) => void]>([
    ['row 47: a pipe', (path) => execFileSync('mkfifo', [path])],
    ['row 47: a link to a file outside', (path) => symlinkSync('/etc/hostname', path)],
    ['row 48: a link to itself', (path) => symlinkSync(path, path)],
    ['row 48: a link to nothing', (path) => symlinkSync('nowhere', path)],
  ])('%s fails its partition, without being waited for or followed', async (_, make) => {
    const { summary, failures } = await compactWith(make);
    expect(summary).toMatchObject({ done: 1, failed: 1, lastCompactedDay: null });
    expect(failures).toMatchObject([{ kind: 'corrupt', code: 'NAME', details: { key: spoolKey('s', 1) } }]);
  });

  it('row 47: a directory is told as a file that cannot be placed', async () => {
    const { summary } = await compactWith((path) => {
      mkdirSync(path);
      writeFileSync(join(path, 'x'), '');
    });
    expect(summary).toMatchObject({ done: 2, failed: 0, unplacedFiles: [`${spoolKey('s', 1)}/`] });
  });
});

describe('names', () => {
  const file = async (key: string) => {
    const stores = { raw: emptyStore(), compact: emptyStore() };
    await putSpool(stores.raw, key, rowsFrom(0, 10));
    const summary = await compact(testRequest(), testContext(stores, { today: TODAY }));
    return { summary, keys: [...(await contentsOf(stores.compact)).keys()] };
  };

  it.each([
    'exchange=binance/stream=bbo/symbol=btcusdt/2026-02-30_10-00-00.parquet',
    'exchange=binance/stream=bbo/symbol=btcusdt/2026-02-03_25-00-00.parquet',
    'exchange=binance/stream=bbo/symbol=btcusdt/yesterday.parquet',
  ])('row 50: %s says no day, which is told', async (key) => {
    expect((await file(key)).summary).toMatchObject({ done: 0, unplacedFiles: [key] });
  });

  it.each(['2026-02-05', '9999-12-31', '1969-12-31'])(
    'row 51: a file of %s is of a day nobody asked for',
    async (day) => {
      const { summary } = await file(`exchange=binance/stream=bbo/symbol=btcusdt/${day}_10-00-00.parquet`);
      expect(summary).toMatchObject({ done: 0, failed: 0, days: ['2026-02-03'] });
    },
  );

  it.each(['BTC USDT', '..%2f..', '%2e%2e', '.hidden', '-rf', 'a'.repeat(129), '___'])(
    'row 52: a symbol %j is refused, and nothing is written but the state',
    async (symbol) => {
      const { summary, keys } = await file(
        `exchange=binance/stream=bbo/symbol=${symbol}/2026-02-03_10-00-00.parquet`,
      );
      expect(summary).toMatchObject({ done: 0, failed: 1 });
      expect(keys).toEqual([STATE_KEY]);
    },
  );

  it.each(['1000PEPEUSDT', 'BTC-USD-50000-241225-C', 'binance:SPOT_PAIR:BTC-USDT'])(
    'row 53: a symbol %s is kept as it is',
    async (symbol) => {
      const { keys } = await file(`exchange=binance/stream=bbo/symbol=${symbol}/2026-02-03_10-00-00.parquet`);
      expect(keys).toContain(`exchange=binance/stream=bbo/symbol=${symbol}/date=20260203/data.parquet`);
    },
  );

  it('row 53: a symbol with a slash is another level, which is no partition', async () => {
    const { summary } = await file('exchange=binance/stream=bbo/symbol=BTC/USDT/2026-02-03_10-00-00.parquet');
    expect(summary).toMatchObject({ done: 0, failed: 0 });
  });

  it('row 54: symbols that differ by case are two partitions', async () => {
    const stores = { raw: emptyStore(), compact: emptyStore() };
    for (const symbol of ['btcusdt', 'BTCUSDT'])
      await putSpool(stores.raw, spoolKey(symbol, 0), rowsFrom(0, 10));
    expect(await compact(testRequest(), testContext(stores, { today: TODAY }))).toMatchObject({ done: 2 });
  });

  it.each(['date=2026-02-03', 'date=20260230', 'date=20260203/date=20260203', 'day=20260203'])(
    'row 55: a directory %s is no day',
    async (name) => {
      const { summary, keys } = await file(
        `exchange=binance/stream=bbo/symbol=btcusdt/${name}/part-1.parquet`,
      );
      expect(summary).toMatchObject({ done: 0, failed: 0 });
      expect(keys).toEqual([STATE_KEY]);
    },
  );
});

describe('a lake that is not as it was left', () => {
  const directoryOf = partitionDirectory(keyOf('s'));
  const put = (text: string) => (store: ObjectStore) =>
    store.put(`${directoryOf}meta.json`, new TextEncoder().encode(text));
  const published = async () => {
    const { compact: store, raw } = await compactThrough((same) => same);
    return { raw, compact: store };
  };
  const again = async (stores: { raw: ObjectStore; compact: ObjectStore }) => {
    const context = testContext(stores, { today: TODAY });
    const summary = await compact(testRequest(), context);
    return { summary, failure: failuresOf(context)[0] };
  };
  const checks = async (stores: { raw: ObjectStore; compact: ObjectStore }) => {
    const { findings } = await verifyPartition(keyOf('s'), {
      arena: ARENA,
      ...stores,
      raw: undefined,
      signal,
    });
    return findings.map(({ check }) => check);
  };

  it.each<[string, (store: ObjectStore) => Promise<unknown>]>([
    ['cut short', put('{"row_count": 60, "schema_ver')],
    ['of another program', put('{"rows": 60}')],
    ['a list', put('[]')],
    [
      'pointing outside',
      async (store) => {
        const meta = await readMeta(store, directoryOf);
        await put(JSON.stringify({ ...meta, data: '../../symbol=t/date=20260203/data.parquet' }))(store);
      },
    ],
  ])('row 63: a meta.json %s is refused by a run and named by verify', async (_, damage) => {
    const stores = await published();
    await damage(stores.compact);
    const before = await contentsOf(stores.compact);
    const { summary, failure } = await again(stores);
    expect(summary).toMatchObject({ failed: 1, skipped: 1 });
    expect(failure).toMatchObject({ kind: 'corrupt' });
    expect((await contentsOf(stores.compact)).get(`${directoryOf}meta.json`)).toBe(
      before.get(`${directoryOf}meta.json`),
    );
    expect(await checks(stores)).not.toEqual([]);
  });

  it('row 63: a meta.json with another digest is named by verify', async () => {
    const stores = await published();
    const meta = await readMeta(stores.compact, directoryOf);
    await put(JSON.stringify({ ...meta, sha256: '0'.repeat(64) }))(stores.compact);
    expect(await checks(stores)).toContain('sha256');
  });

  it('row 64: data without a meta.json is adopted where it is ours, and otherwise left for its owner', async () => {
    const stores = await published();
    const sha = (await readMeta(stores.compact, directoryOf)).sha256;
    await stores.compact.delete(`${directoryOf}meta.json`);
    expect((await again(stores)).summary).toMatchObject({ done: 1, skipped: 1, failed: 0 });
    expect((await readMeta(stores.compact, directoryOf)).sha256).toBe(sha);
  });

  it('row 65: a meta.json without its data is made again of the same files, and of no fewer', async () => {
    const stores = await published();
    await stores.compact.delete(`${directoryOf}data.parquet`);
    expect(await checks(stores)).not.toEqual([]);
    expect((await again(stores)).summary).toMatchObject({ done: 1, skipped: 1, failed: 0 });
    expect(await checks(stores)).toEqual([]);
    await stores.compact.delete(`${directoryOf}data.parquet`);
    await stores.raw.delete(spoolKey('s', 0));
    expect((await again(stores)).failure).toMatchObject({ code: 'SOURCES_GONE' });
  });

  it.each([
    ['empty', ''],
    ['cut short', '{"version": 1, "partit'],
    ['a list', '[]'],
    ['of a newer version', '{"version": 2}'],
    ['dated in the future', '{"version": 1, "last_compacted_date": "20991231"}'],
  ])('row 62: a state that is %s stops the run, and stays as it is', async (_, text) => {
    const stores = await published();
    await stores.compact.put(STATE_KEY, new TextEncoder().encode(text));
    const before = await contentsOf(stores.compact);
    await expect(compact(testRequest(), testContext(stores, { today: TODAY }))).rejects.toMatchObject({
      kind: 'invalid',
    });
    expect(await contentsOf(stores.compact)).toEqual(before);
  });

  it('row 62: a state with a byte order mark, or a key twice, is understood or stops the run, and is never emptied', async () => {
    for (const text of ['\ufeff{"version": 1}', '{"version": 1, "version": 1}']) {
      const stores = await published();
      await stores.compact.put(STATE_KEY, new TextEncoder().encode(text));
      const outcome = await compact(testRequest(), testContext(stores, { today: TODAY })).then(
        ({ failed }) => failed,
        (error: unknown) => (error as LakeError).kind,
      );
      expect([0, 'invalid']).toContain(outcome);
    }
  });
});

describe('row 96: a disk without links', () => {
  it('is told, and nothing is published there', async () => {
    const root = mkdtempSync(join(directory, 'lake-'));
    const refuse = () =>
      Promise.reject(Object.assign(new Error('EPERM'), { code: 'EPERM', syscall: 'link' }));
    const raw = emptyStore();
    await putSpool(raw, spoolKey('s', 0), rowsFrom(0, 10));
    const linkless = localStore(root, { fileSystem: { ...nodeFileSystem, link: refuse } });
    const context = testContext({ raw, compact: linkless }, { today: TODAY });
    await expect(compact(testRequest(), context)).rejects.toMatchObject({
      kind: 'denied',
      details: { errno: 'EPERM' },
    });
    expect(failuresOf(context)).toMatchObject([{ kind: 'denied' }]);
    expect([...(await contentsOf(localStore(root))).keys()]).toEqual([]);
  });
});

describe('row 93: time', () => {
  it('that goes back an hour between two runs changes nothing', async () => {
    const { compact: store, raw } = await compactThrough((same) => same);
    const before = await contentsOf(store);
    const context = testContext({ raw, compact: store }, { today: TODAY });
    const back = { ...context.clock, nowMs: () => context.clock.nowMs() - 3_600_000 };
    await compact(testRequest(), { ...context, clock: back });
    expect(await contentsOf(store)).toEqual(before);
  });
});
