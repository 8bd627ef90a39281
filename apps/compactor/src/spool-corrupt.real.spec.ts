import { createHash } from 'node:crypto';
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { runCli } from '@ticklake/cli-kit';
import { memoryHost } from '@ticklake/cli-kit/testing';
import { parseUtcDay } from '@ticklake/core';
import { readQuarantine } from '@ticklake/jobs';
import { localStore, readOnly } from '@ticklake/storage';
import { app } from './app.js';
import { EVERYTHING } from './discover-partitions.js';
import { STATE_KEY, stateSchema } from './documents.js';
import { compact } from './job.js';
import { partitionDirectory, partitionId, quarantineDirectory, type PartitionKey } from './partition-key.js';
import { publishedPartitions } from './published-partitions.js';
import { ARENA, noonOf, testContext, testRequest, testSettings } from './testing/context.js';
import { compareWithSort, perfect } from './testing/duckdb-sort.js';
import { openDuckdb, sqlText, type Duckdb } from './testing/duckdb.js';
import { verifyPartition } from './verify-partition.js';

const data = process.env['TICKLAKE_DATA'];
const suite = data === undefined && process.env['CI'] === undefined ? describe.skip : describe;

const SYMBOL = 'exchange=binance/stream=bbo/symbol=btcusdt';
/** The partition that the damaged files are laid into, beside the real ones it has. */
const KEY = { exchange: 'binance', stream: 'bbo', symbol: 'btcusdt', day: parseUtcDay('20240808') };
const { signal } = new AbortController();

/** What becomes of each damaged file: the code it is put away with, null where it is accepted, or `ignored`. */
interface Fate {
  /** The part of the name that tells the damage. */
  readonly file: string;
  readonly code: string | null;
  readonly why: string;
}

const fates = JSON.parse(
  readFileSync(new URL('./spool-corrupt.codes.json', import.meta.url), 'utf8'),
) as readonly Fate[];
const damaged = fates.filter(({ code }) => code !== null && code !== 'ignored');
const ignored = fates.filter(({ code }) => code === 'ignored');
const accepted = fates.filter(({ code }) => code === null);

let duckdb: Duckdb;
let root: string;

beforeAll(async () => {
  duckdb = await openDuckdb();
  root = mkdtempSync(join(tmpdir(), 'ticklake-corrupt-'));
});
afterAll(() => {
  duckdb.close();
  rmSync(root, { recursive: true, force: true });
});

/** Both spools in one, as if the collector's disk had gone bad on a busy day. */
function laySpool(name: string): string {
  const raw = join(root, name);
  for (const source of ['spool-derived', 'spool-corrupt']) {
    cpSync(join(data ?? '', source), raw, { recursive: true });
    chmodSync(join(raw, SYMBOL), 0o755);
  }
  return raw;
}

const damagedNames = () => readdirSync(join(data ?? '', 'spool-corrupt', SYMBOL));

/** The name of the file that a row of the table is about. */
function nameOfFate({ file }: Fate): string {
  const names = damagedNames().filter((name) => name.includes(file));
  expect(names).toHaveLength(1);
  return names[0] as string;
}

async function compactDays(raw: string, lake: string) {
  const stores = { raw: readOnly(localStore(raw)), compact: localStore(lake) };
  const settings = testSettings({
    scratch: join(lake, '.tmp-scratch'),
    rowGroupRows: 100_000,
    pageRows: 20_000,
  });
  const days = { mode: 'backfill', fromDay: KEY.day, toDay: parseUtcDay('20240809') } as const;
  const context = testContext(stores, { today: '2024-08-10', settings });
  const summary = await compact(testRequest({ days }), context);
  const published: PartitionKey[] = [];
  for await (const { key, committed } of publishedPartitions(stores.compact, EVERYTHING, signal)) {
    expect(committed).toBe(true);
    published.push(key);
  }
  return { ...stores, summary, published, events: context.events };
}

suite('a real spool with 22 damaged files in it', () => {
  let raw: string;
  let lake: string;
  let run: Awaited<ReturnType<typeof compactDays>>;

  beforeAll(async () => {
    raw = laySpool('spool');
    lake = join(root, 'lake');
    run = await compactDays(raw, lake);
  });

  it('the table has every file, once', () => {
    expect(fates.map(nameOfFate).sort()).toEqual(damagedNames().sort());
    expect(fates).toHaveLength(22);
    expect([damaged.length, ignored.length, accepted.length]).toEqual([18, 2, 2]);
  });

  it('publishes every partition but the one they are in', async () => {
    const { summary, published, events, ...stores } = run;
    expect(summary).toMatchObject({ done: 7, failed: 1, ignoredFiles: ignored.length, unplacedFiles: [] });
    expect(published).toHaveLength(7);
    expect(published).not.toContainEqual(KEY);
    for (const key of published) {
      expect((await verifyPartition(key, { arena: ARENA, ...stores, signal })).findings).toEqual([]);
    }
    const failures = events.filter((event) => event.type === 'failed');
    expect(failures).toMatchObject([
      { taskId: partitionId(KEY), quarantined: true, error: { details: { files: damaged.length } } },
    ]);
  });

  it('gives each file in error.json the code of the table, a place, and a copy of its very bytes', async () => {
    const record = await readQuarantine(run.compact, quarantineDirectory(KEY));
    const codes = (record?.errors ?? []).map(({ file, type }) => [file, type]);
    expect(codes.sort()).toEqual(damaged.map((fate) => [`${SYMBOL}/${nameOfFate(fate)}`, fate.code]).sort());
    for (const { file, copy, size, message } of record?.errors ?? []) {
      const original = readFileSync(join(data ?? '', 'spool-corrupt', file));
      expect(readFileSync(join(lake, quarantineDirectory(KEY), copy)).equals(original)).toBe(true);
      expect(size).toBe(original.length);
      expect(message).toMatch(/^[a-z].*[^.]$/);
    }
    const page = record?.errors.find(({ type }) => type === 'SNAPPY_CORRUPT');
    expect(page).toMatchObject({ column: 'bid_qty', row_group: 0 });
  });

  it('remembers the partition as quarantined and its day as not done', async () => {
    const { bytes } = await run.compact.get(STATE_KEY);
    const state = stateSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    expect(state.partitions[partitionId(KEY)]).toMatchObject({ status: 'quarantine' });
    expect(state.days).toMatchObject({
      '20240808': { status: 'quarantine' },
      '20240809': { status: 'success' },
    });
    expect(run.summary.lastCompactedDay).toBeNull();
  });

  it('leaves the spool as it was', async () => {
    const before = readAll(laySpool('untouched'));
    expect(before.size).toBe(92 + 22);
    expect(readAll(raw)).toEqual(before);
  });

  it('exits 3 on the command line, naming the quarantine, and again when nothing was done about it', async () => {
    const cliLake = join(root, 'cli-lake');
    const argv = [
      'run',
      '--raw',
      raw,
      '--compact',
      cliLake,
      '--start',
      '20240808',
      '--end',
      '20240809',
      '--no-isolate',
      '--json',
    ];
    for (const [done, skipped] of [
      [7, 0],
      [0, 7],
    ]) {
      const host = memoryHost({ argv, clock: noonOf('2024-08-10') });
      expect(await runCli(app, host)).toBe(3);
      expect(JSON.parse(host.out())).toMatchObject({
        done,
        skipped,
        failed: 1,
        ignoredFiles: ignored.length,
      });
      expect(host.err()).toContain(quarantineDirectory(KEY));
    }
  });

  it('publishes that partition too once the damaged files are taken away, the accepted ones with it', async () => {
    const mended = laySpool('mended');
    for (const fate of damaged) rmSync(join(mended, SYMBOL, nameOfFate(fate)), { force: true });
    const { compact: store, summary, published } = await compactDays(mended, lake);
    expect(summary).toMatchObject({ done: 1, skipped: 7, failed: 0 });
    expect(published).toContainEqual(KEY);
    const record = await readQuarantine(store, quarantineDirectory(KEY));
    expect(record?.resolved_at).toBe('2024-08-10T12:00:00.000Z');
    const sources = readdirSync(join(mended, SYMBOL))
      .filter((name) => name.startsWith('2024-08-08_') && name.endsWith('.parquet'))
      .map((name) => join(mended, SYMBOL, name));
    for (const fate of accepted) expect(sources).toContain(join(mended, SYMBOL, nameOfFate(fate)));
    const output = join(lake, partitionDirectory(KEY), 'data.parquet');
    const comparison = await compareWithSort({ duckdb, sources, output });
    expect(comparison).toEqual(perfect(comparison));
    expect(comparison.rows).toBeGreaterThan(2 * 3686);
  });
});

/** SHA-256 of every file by its path. */
function readAll(directory: string): Map<string, string> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return new Map(
    files.sort().map((path) => {
      const hash = createHash('sha256').update(readFileSync(path)).digest('hex');
      return [relative(directory, path), hash];
    }),
  );
}

suite('the one damage that is accepted', () => {
  it('is one plausible number in a file without checksums, as the table says', async () => {
    const [good, bad] = ['00-good', '09-single-bit-in-page'].map((file) => {
      const path = join(data ?? '', 'spool-corrupt', SYMBOL, `2024-08-08_23-55-15.${file}.parquet`);
      return `(SELECT * FROM read_parquet(${sqlText(path)}, hive_partitioning = false, file_row_number = true))`;
    });
    const rows = await duckdb.rows(`SELECT a.file_row_number, a.ask_qty, b.ask_qty
      FROM ${good} a JOIN ${bad} b USING (file_row_number) WHERE a IS DISTINCT FROM b`);
    expect(rows).toEqual([['202', '4.052', '2.026']]);
  });
});
