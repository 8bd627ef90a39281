import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseUtcDay } from '@ticklake/core';
import { readQuarantine } from '@ticklake/jobs';
import { localStore, readOnly, type ObjectStore } from '@ticklake/storage';
import { metaSchema, type Meta } from './documents.js';
import { compact } from './job.js';
import { partitionDirectory, quarantineDirectory } from './partition-key.js';
import { ARENA, testContext, testRequest, testSettings } from './testing/context.js';
import { compareWithSort, perfect } from './testing/duckdb-sort.js';
import { openDuckdb, type Duckdb } from './testing/duckdb.js';
import { verifyPartition } from './verify-partition.js';

const data = process.env['TICKLAKE_DATA'];
const suite = data === undefined && process.env['CI'] === undefined ? describe.skip : describe;

const SYMBOL = 'exchange=binance/stream=bbo/symbol=btcusdt';
const FILE = '2024-08-08_23-55-15.parquet';
const { signal } = new AbortController();

/** Every variation of one real file that can be compacted, with its rows. */
const GOOD: readonly (readonly [string, number])[] = [
  ['zero-rows', 0],
  ['brotli', 3686],
  ['gzip', 3686],
  ['lz4raw', 3686],
  ['zstd', 3686],
  ['literal-PAR1', 3686],
  ['exact-duplicates', 7372],
  ['many-row-groups', 66_089],
  ['many-row-groups-unsorted-across', 66_089],
  ['reverse-sorted', 3686],
  ['unsorted', 3686],
  ['column-order', 3686],
  ['extra-column', 3686],
  ['float32-prices', 3686],
  ['stream_version-int32', 3686],
  ['ts_event-nanos', 3686],
  ['ts_event-timestamp', 3686],
];

/** Every variation that cannot, and what is wrong with it. */
const BAD: readonly (readonly [string, string])[] = [
  ['missing-ts_event', 'SCHEMA_MISMATCH'],
  ['ts_event-double', 'SCHEMA_MISMATCH'],
  ['ts_event-string', 'SCHEMA_MISMATCH'],
  ['ts_event-nulls', 'NULL_TS'],
];

let duckdb: Duckdb;
let root: string;

beforeAll(async () => {
  duckdb = await openDuckdb();
});
afterAll(() => duckdb.close());
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ticklake-semantic-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** The real file in one of its variations, and as the collector wrote it. */
const variation = (name: string) => join(data ?? '', 'spool-semantic', SYMBOL, name, FILE);
const original = () => join(data ?? '', 'spool-derived', SYMBOL, FILE);

/** A partition of its own, in the order the files are named. */
const keyOf = (symbol: string) => ({
  exchange: 'binance',
  stream: 'bbo',
  symbol,
  day: parseUtcDay('20240808'),
});

interface LaidOut {
  readonly raw: ObjectStore;
  readonly compact: ObjectStore;
  sources(symbol: string): string[];
  output(symbol: string): string;
}

/** Puts real files into a spool, one after the other in time, each list under a symbol of its own. */
function layOut(symbols: Readonly<Record<string, readonly string[]>>): LaidOut {
  const directoryOf = (symbol: string) =>
    join(root, 'raw', 'exchange=binance/stream=bbo', `symbol=${symbol}`);
  for (const [symbol, paths] of Object.entries(symbols)) {
    mkdirSync(directoryOf(symbol), { recursive: true });
    paths.forEach((path, i) => {
      copyFileSync(path, join(directoryOf(symbol), `2024-08-08_23-55-${String(i).padStart(2, '0')}.parquet`));
    });
  }
  return {
    raw: readOnly(localStore(join(root, 'raw'))),
    compact: localStore(join(root, 'lake')),
    sources: (symbol) => readdirSync(directoryOf(symbol)).map((name) => join(directoryOf(symbol), name)),
    output: (symbol) => join(root, 'lake', partitionDirectory(keyOf(symbol)), 'data.parquet'),
  };
}

/** Compacts the day, with so little memory that big files are sorted through intermediate ones. */
async function compactDay(spool: LaidOut) {
  const settings = testSettings({
    scratch: join(root, 'lake', '.tmp-scratch'),
    rowGroupRows: 20_000,
    pageRows: 5_000,
    sortRows: 10_000,
    tsUnit: undefined,
  });
  const days = { mode: 'single', day: parseUtcDay('20240808') } as const;
  return compact(testRequest({ days }), testContext(spool, { today: '2024-08-09', settings }));
}

async function readMeta(spool: LaidOut, symbol: string): Promise<Meta> {
  const { bytes } = await spool.compact.get(`${partitionDirectory(keyOf(symbol))}meta.json`);
  return metaSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
}

/** The published rows are DuckDB's sort of the sources, and everything about them can be proved again. */
async function expectPublished(spool: LaidOut, symbol: string, rows: number) {
  const question = { duckdb, sources: spool.sources(symbol), output: spool.output(symbol) };
  const comparison = await compareWithSort(question);
  expect(comparison).toEqual({ ...perfect(comparison), sourceRows: rows });
  const { facts, findings } = await verifyPartition(keyOf(symbol), { arena: ARENA, ...spool, signal });
  expect({ symbol, rows: facts?.rowCount, findings }).toEqual({ symbol, rows, findings: [] });
  return comparison;
}

/** What was put away, by number of the file in its list. */
async function quarantined(spool: LaidOut, symbol: string) {
  const record = await readQuarantine(spool.compact, quarantineDirectory(keyOf(symbol)));
  return (record?.errors ?? []).map(({ file, type, details }) => ({
    index: Number(/(\d\d)\.parquet$/.exec(file)?.[1]),
    type,
    details: JSON.stringify(details),
  }));
}

suite('one file of a day', () => {
  it('every variation of the real file is here', () => {
    const names = [...GOOD, ...BAD].map(([name]) => name);
    expect(readdirSync(join(data ?? '', 'spool-semantic', SYMBOL)).sort()).toEqual(names.sort());
  });

  it('is published as DuckDB sorts it, whatever its codec, order, types and row groups', async () => {
    const spool = layOut(Object.fromEntries(GOOD.map(([name]) => [name, [variation(name)]])));
    expect(await compactDay(spool)).toMatchObject({ done: GOOD.length, failed: 0 });
    for (const [name, rows] of GOOD) await expectPublished(spool, name, rows);
  });

  it('keeps every bit of a time in nanoseconds, and knows a unit only where the file says it', async () => {
    const spool = layOut({ nanos: [variation('ts_event-nanos')], micros: [variation('ts_event-timestamp')] });
    await compactDay(spool);
    const nanos = await readMeta(spool, 'nanos');
    expect(nanos).toMatchObject({ ts_unit: null, out_of_day_rows: null });
    const [[min, max] = []] = await duckdb.rows(
      `SELECT min(ts_event), max(ts_event) FROM '${variation('ts_event-nanos')}'`,
    );
    expect([nanos.ts_event_min, nanos.ts_event_max]).toEqual([min, max]);
    expect(BigInt(max ?? 0)).toBeGreaterThan(BigInt(Number.MAX_SAFE_INTEGER));
    const micros = await readMeta(spool, 'micros');
    expect(micros).toMatchObject({ ts_unit: 'us', out_of_day_rows: 0 });
  });

  it('of no rows is a valid published file without bounds', async () => {
    const spool = layOut({
      none: [variation('zero-rows')],
      nones: [variation('zero-rows'), variation('zero-rows')],
    });
    await compactDay(spool);
    for (const [symbol, files] of [
      ['none', 1],
      ['nones', 2],
    ] as const) {
      await expectPublished(spool, symbol, 0);
      expect(await readMeta(spool, symbol)).toMatchObject({
        row_count: 0,
        ts_event_min: null,
        ts_event_max: null,
        source_files: files,
        content: { multiset: '0'.repeat(32) },
      });
    }
  });

  it('of a single row is that row', async () => {
    const one = join(root, 'one.parquet');
    await duckdb.run(
      `COPY (FROM read_parquet('${original()}', hive_partitioning = false) LIMIT 1) TO '${one}'`,
    );
    const spool = layOut({ one: [one] });
    expect(await compactDay(spool)).toMatchObject({ done: 1, rows: 1 });
    await expectPublished(spool, 'one', 1);
    const meta = await readMeta(spool, 'one');
    expect(meta.ts_event_min).toBe(meta.ts_event_max);
  });

  it('without usable times is put away with its code, and the others are published', async () => {
    const spool = layOut({
      ...Object.fromEntries(BAD.map(([name]) => [name, [variation(name)]])),
      sound: [original()],
    });
    expect(await compactDay(spool)).toMatchObject({ done: 1, failed: BAD.length });
    for (const [name, code] of BAD) {
      expect(await quarantined(spool, name)).toMatchObject([{ index: 0, type: code }]);
      expect(await spool.compact.head(`${partitionDirectory(keyOf(name))}meta.json`)).toBeUndefined();
    }
    await expectPublished(spool, 'sound', 3686);
  });

  it('of null times says in which row and column the first one is', async () => {
    const spool = layOut({ nulls: [variation('ts_event-nulls')] });
    await compactDay(spool);
    const [[row] = []] = await duckdb.rows(`SELECT min(file_row_number) FROM
      read_parquet('${variation('ts_event-nulls')}', file_row_number = true) WHERE ts_event IS NULL`);
    const [entry] = await quarantined(spool, 'nulls');
    expect(JSON.parse(entry?.details ?? '')).toMatchObject({ row: Number(row) });
    const record = await readQuarantine(spool.compact, quarantineDirectory(keyOf('nulls')));
    expect(record?.column).toBe('ts_event');
  });
});

suite('files of one day that differ', () => {
  it('in codec, order of rows, row groups, texts and number of rows are merged', async () => {
    const names = GOOD.map(([name]) => name).slice(0, 11);
    const spool = layOut({ mixed: [original(), ...names.map(variation)] });
    expect(await compactDay(spool)).toMatchObject({ done: 1, failed: 0 });
    const rows = GOOD.slice(0, 11).reduce((sum, [, count]) => sum + count, 3686);
    await expectPublished(spool, 'mixed', rows);
  });

  it('lose no row to another one that is equal', async () => {
    const spool = layOut({ twice: [original(), variation('exact-duplicates'), original()] });
    await compactDay(spool);
    await expectPublished(spool, 'twice', 4 * 3686);
    const [[distinct] = []] = await duckdb.rows(
      `SELECT count(*) FROM (SELECT DISTINCT * EXCLUDE (seq) FROM '${spool.output('twice')}')`,
    );
    expect(Number(distinct)).toBeLessThanOrEqual(3686);
  });

  it('in the order of their columns are merged, under the order of the first', async () => {
    const spool = layOut({
      first: [original(), variation('column-order')],
      last: [variation('column-order'), original()],
    });
    expect(await compactDay(spool)).toMatchObject({ done: 2, failed: 0 });
    const first = await expectPublished(spool, 'first', 2 * 3686);
    const last = await expectPublished(spool, 'last', 2 * 3686);
    expect(first.columns.slice(0, 2)).toEqual(['ts_event BIGINT', 'seq BIGINT']);
    expect(last.columns.slice(-2)).toEqual(['ts_event BIGINT', 'seq BIGINT']);
  });

  it.each([
    ['extra-column', 'venue_note'],
    ['float32-prices', 'bid_price'],
    ['stream_version-int32', 'stream_version'],
    ['ts_event-timestamp', 'ts_event'],
  ])('as %s does are refused: the one of fewer files is put away, naming %s', async (name, column) => {
    const spool = layOut({
      normal: [original(), original(), variation(name)],
      other: [variation(name), original(), variation(name)],
      even: [original(), variation(name)],
    });
    expect(await compactDay(spool)).toMatchObject({ done: 0, failed: 3 });
    for (const [symbol, index] of [
      ['normal', 2],
      ['other', 1],
      ['even', 1],
    ] as const) {
      const entries = await quarantined(spool, symbol);
      expect(entries).toMatchObject([{ index, type: 'SCHEMA_MISMATCH' }]);
      expect(entries[0]?.details).toContain(column);
      expect(await spool.compact.head(`${partitionDirectory(keyOf(symbol))}meta.json`)).toBeUndefined();
    }
  });

  it('are all named when several are bad, each with a copy of its very bytes', async () => {
    const bad = BAD.map(([name]) => variation(name));
    const spool = layOut({ several: [original(), ...bad, variation('extra-column')] });
    expect(await compactDay(spool)).toMatchObject({ done: 0, failed: 1 });
    const record = await readQuarantine(spool.compact, quarantineDirectory(keyOf('several')));
    const codes = [...BAD.map(([, code]) => code), 'SCHEMA_MISMATCH'];
    const errors = [...(record?.errors ?? [])].sort((a, b) => (a.file < b.file ? -1 : 1));
    expect(errors.map(({ type }) => type)).toEqual(codes);
    const paths = [...bad, variation('extra-column')];
    for (const [i, { copy }] of errors.entries()) {
      const kept = readFileSync(join(root, 'lake', quarantineDirectory(keyOf('several')), copy));
      expect(kept.equals(readFileSync(paths[i] ?? ''))).toBe(true);
    }
  });
});
