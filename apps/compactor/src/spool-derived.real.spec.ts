import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseUtcDay } from '@ticklake/core';
import { localStore, readOnly } from '@ticklake/storage';
import { EVERYTHING } from './discover-partitions.js';
import { metaSchema } from './documents.js';
import { compact } from './job.js';
import { partitionDirectory, type PartitionKey } from './partition-key.js';
import { publishedPartitions } from './published-partitions.js';
import type { Settings } from './settings.js';
import { ARENA, testContext, testRequest, testSettings } from './testing/context.js';
import { contentInSql } from './testing/duckdb-content.js';
import { compareWithSort, countTies, perfect } from './testing/duckdb-sort.js';
import { openDuckdb, type Duckdb } from './testing/duckdb.js';
import { verifyPartition } from './verify-partition.js';

const data = process.env['TICKLAKE_DATA'];
const suite = data === undefined && process.env['CI'] === undefined ? describe.skip : describe;

const { signal } = new AbortController();
const MIB = 1024 * 1024;

/** As the command line has them by default. */
const REALISTIC: Partial<Settings> = {
  memory: 512 * MIB,
  openMax: 500,
  rowGroupRows: 100_000,
  pageRows: 20_000,
  dictionaryBytesMax: MIB,
  sortRows: 500_000,
  zstdLevel: 3,
};

const SETTINGS: readonly (readonly [string, Partial<Settings>])[] = [
  ['zstd', { ...REALISTIC, compression: 'zstd' }],
  ['snappy', { ...REALISTIC, compression: 'snappy' }],
  [
    'little memory, small pages and no codec',
    { memory: MIB, openMax: 3, rowGroupRows: 4_000, pageRows: 700, sortRows: 500, compression: 'none' },
  ],
];

/** Every real spool, in both layouts: how many files and partitions it has. */
const SPOOLS: readonly (readonly [string, { readonly files: number; readonly partitions: number }])[] = [
  ['spool-derived', { files: 92, partitions: 8 }],
  ['spool-derived-original-layout', { files: 22, partitions: 2 }],
  ['spool-overlap', { files: 3, partitions: 1 }],
];

let duckdb: Duckdb;
let lake: string;

beforeAll(async () => {
  duckdb = await openDuckdb();
});
afterAll(() => duckdb.close());
beforeEach(() => {
  lake = mkdtempSync(join(tmpdir(), 'ticklake-real-'));
});
afterEach(() => rmSync(lake, { recursive: true, force: true }));

/** The spool files of a partition, found without our discovery. */
function sourcesOf(spool: string, { exchange, stream, symbol, day }: PartitionKey): string[] {
  const directory = join(spool, `exchange=${exchange}`, `stream=${stream}`, `symbol=${symbol}`);
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  const dated = `date=${day.replaceAll('-', '')}/`;
  return names
    .filter((name) => name.startsWith(`${day}_`) || name.startsWith(dated))
    .map((name) => join(directory, name));
}

async function compactSpool(name: string, changes: Partial<Settings>) {
  const spool = join(data ?? '', name);
  const stores = { raw: readOnly(localStore(spool)), compact: localStore(lake) };
  const settings = testSettings({ ...changes, scratch: join(lake, '.tmp-scratch') });
  const days = {
    mode: 'backfill',
    fromDay: parseUtcDay('20240808'),
    toDay: parseUtcDay('20240809'),
  } as const;
  const context = testContext(stores, { today: '2024-08-10', settings });
  const summary = await compact(testRequest({ days }), context);
  const keys: PartitionKey[] = [];
  for await (const { key } of publishedPartitions(stores.compact, EVERYTHING, signal)) keys.push(key);
  return { spool, stores, summary, keys };
}

suite.each(SPOOLS)('%s', (name, expected) => {
  it.each(SETTINGS)('is, with %s, what DuckDB makes of its own sort of the sources', async (_, settings) => {
    const { spool, summary, keys } = await compactSpool(name, settings);
    expect(summary).toMatchObject({ done: expected.partitions, skipped: 0, failed: 0, unplacedFiles: [] });
    expect(keys).toHaveLength(expected.partitions);
    let files = 0;
    let rows = 0;
    for (const key of keys) {
      const sources = sourcesOf(spool, key);
      const output = join(lake, partitionDirectory(key), 'data.parquet');
      const comparison = await compareWithSort({ duckdb, sources, output });
      expect(comparison).toEqual(perfect(comparison));
      expect(comparison.rows).toBeGreaterThan(0);
      files += sources.length;
      rows += comparison.rows;
    }
    expect(files).toBe(expected.files);
    expect(rows).toBe(summary.rows);
  });

  it('is verified without a finding, against its sources too', async () => {
    const { stores, keys } = await compactSpool(name, REALISTIC);
    for (const key of keys) {
      const { facts, findings } = await verifyPartition(key, { arena: ARENA, ...stores, signal });
      expect(findings).toEqual([]);
      expect(facts?.rowCount).toBeGreaterThan(0);
    }
  });

  it('has the content hash that SQL computes, of each output and each of its sources', async () => {
    const { spool, stores, keys } = await compactSpool(name, REALISTIC);
    const key = keys.at(-1) as PartitionKey;
    const { bytes } = await stores.compact.get(`${partitionDirectory(key)}meta.json`);
    const meta = metaSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    const output = join(lake, partitionDirectory(key), 'data.parquet');
    expect(await contentInSql(duckdb, output)).toEqual({ rows: meta.row_count, ...meta.content });
    for (const path of sourcesOf(spool, key)) {
      const receipt = meta.sources.find((source) => path.endsWith(`/${source.name}`));
      const { rows, multiset } = await contentInSql(duckdb, path);
      expect({ rows, multiset }).toEqual({ rows: receipt?.rows, multiset: receipt?.multiset });
    }
  });
});

suite('a real compacted file', () => {
  it('compacted again has the same rows, numbers and content hash', async () => {
    const { stores, keys } = await compactSpool('spool-overlap', REALISTIC);
    const directory = partitionDirectory(keys[0] as PartitionKey);
    const { bytes } = await stores.compact.get(`${directory}data.parquet`);
    const spool = join(lake, 'again', 'spool');
    const again = { raw: localStore(spool), compact: localStore(join(lake, 'again', 'lake')) };
    await again.raw.put(`${directory}part-1723161600-000000.parquet`, bytes);
    const settings = testSettings({ ...REALISTIC, scratch: join(lake, '.tmp-scratch') });
    const days = { mode: 'single', day: parseUtcDay('20240808') } as const;
    await compact(testRequest({ days }), testContext(again, { today: '2024-08-10', settings }));
    const outputs = [lake, join(lake, 'again', 'lake')].map((root) => join(root, directory, 'data.parquet'));
    const [first, second] = outputs.map(
      (path) => `SELECT * FROM read_parquet('${path}', hive_partitioning = false)`,
    );
    expect(
      await duckdb.rows(`SELECT (SELECT count(*) FROM (${first})),
        (SELECT count(*) FROM (${first} EXCEPT ALL ${second})), (SELECT count(*) FROM (${second} EXCEPT ALL ${first}))`),
    ).toEqual([['21313', '0', '0']]);
    const contents = await Promise.all(
      [stores.compact, again.compact].map(async (store) => {
        const meta = await store.get(`${directory}meta.json`);
        return metaSchema.parse(JSON.parse(new TextDecoder().decode(meta.bytes))).content;
      }),
    );
    expect(contents[1]).toEqual(contents[0]);
  });
});

suite('the comparison itself', () => {
  const key = { exchange: 'binance', stream: 'trades', symbol: 'btcusdt', day: parseUtcDay('20240808') };

  it('sees ties across files, and another order of them', async () => {
    const { spool } = await compactSpool('spool-overlap', REALISTIC);
    const sources = sourcesOf(spool, key);
    const output = join(lake, partitionDirectory(key), 'data.parquet');
    const ties = await countTies(duckdb, sources);
    expect(ties.tiedRows).toBeGreaterThan(1000);
    expect(ties.filesMax).toBe(3);
    for (const other of ['name DESC, file_row_number', 'name, file_row_number DESC']) {
      const comparison = await compareWithSort({ duckdb, sources, output, ties: other });
      expect(comparison.differing).toBeGreaterThan(100);
    }
  });

  it('sees a source that is left out', async () => {
    const { spool } = await compactSpool('spool-overlap', REALISTIC);
    const [left = '', ...sources] = sourcesOf(spool, key);
    const output = join(lake, partitionDirectory(key), 'data.parquet');
    const comparison = await compareWithSort({ duckdb, sources, output });
    const [[rows] = []] = await duckdb.rows(`SELECT count(*) FROM '${left}'`);
    expect(comparison.rows - comparison.sourceRows).toBe(Number(rows));
    expect(comparison.added).toBeGreaterThanOrEqual(Number(rows));
  });
});
