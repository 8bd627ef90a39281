import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printableValue } from '@ticklake/cli-kit';
import { bytesSource } from '@ticklake/core';
import { inspectFile, type InspectFileOptions } from './inspect-file.js';
import { reportText } from './inspect-text.js';
import { compact } from './job.js';
import { ARENA, testContext, testRequest } from './testing/context.js';
import { openDuckdb, sqlText, type Duckdb } from './testing/duckdb.js';
import { spool } from './testing/two-partitions.js';

const DATA = 'exchange=binance/stream=bbo/symbol=btcusdt/date=20260203/data.parquet';
const LOOK: InspectFileOptions = {
  arena: ARENA,
  pages: true,
  verify: false,
  windowBytes: 1,
  signal: new AbortController().signal,
};

let published: Uint8Array;
let directory: string;
let duckdb: Duckdb;

beforeAll(async () => {
  const stores = await spool();
  await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
  published = (await stores.compact.get(DATA)).bytes;
  directory = mkdtempSync(join(tmpdir(), 'ticklake-inspect-'));
  duckdb = await openDuckdb();
});
afterAll(() => {
  duckdb.close();
  rmSync(directory, { recursive: true });
});

const look = (bytes: Uint8Array, changes: Partial<InspectFileOptions> = {}) =>
  inspectFile(bytesSource(bytes), { ...LOOK, ...changes });

/** The file with one bit of byte `at` flipped. */
function flipped(bytes: Uint8Array, at: number): Uint8Array {
  return Uint8Array.from(bytes, (byte, i) => (i === at ? byte ^ 4 : byte));
}

describe('a published file', () => {
  it('shows columns, row groups, protection and its receipt', async () => {
    const report = await look(published);
    expect(report).toMatchObject({
      sizeBytes: published.length,
      rowCount: 220,
      createdBy: 'ticklake-compactor test',
      receipt: { rows: 220, sources: 3 },
      facts: undefined,
      findings: [],
    });
    expect(report.columns.map(({ path, type, physical }) => [path, type, physical])).toEqual([
      ['ts_event', 'int64', 'INT64'],
      ['seq', 'int64', 'INT64'],
      ['price', 'float64', 'DOUBLE'],
      ['symbol', 'utf8', 'BYTE_ARRAY'],
    ]);
    expect(report.columns[1]).toMatchObject({ nullable: false, min: '0', max: '219' });
    expect(report.rowGroups.map(({ rowStart, rowCount }) => [rowStart, rowCount])).toEqual([
      [0, 64],
      [64, 64],
      [128, 64],
      [192, 28],
    ]);
    expect(report.pages?.count).toBeGreaterThan(0);
    expect(report.pages?.withCrc).toBe(report.pages?.count);
    const [symbol] = report.rowGroups.map(({ columns }) => columns[3]);
    expect(symbol).toMatchObject({
      path: 'symbol',
      codec: 'ZSTD',
      min: 'S0',
      max: 'S2',
      pages: { dictionaries: 1 },
    });
  });

  it('is what DuckDB says of it', async () => {
    const path = join(directory, 'ours.parquet');
    writeFileSync(path, published);
    const theirs = await duckdb.rows(`SELECT row_group_id, path_in_schema, compression, total_compressed_size,
      total_uncompressed_size, stats_null_count, coalesce(stats_min_value, stats_min), coalesce(stats_max_value, stats_max)
      FROM parquet_metadata(${sqlText(path)}) ORDER BY row_group_id, column_id`);
    const ours = (await look(published)).rowGroups.flatMap(({ columns }, i) =>
      columns.map((chunk) => [
        ...[String(i), chunk.path, chunk.codec, String(chunk.sizeBytes), String(chunk.uncompressedSizeBytes)],
        ...[String(chunk.nullCount), Number(chunk.min) ? String(Number(chunk.min)) : chunk.min, chunk.max],
      ]),
    );
    const plain = (value: string | null | undefined) => (Number(value) ? Number(value) : value);
    expect(ours.map((row) => row.map(plain))).toEqual(theirs.map((row) => row.map(plain)));
  });

  it('is proved by its own receipt when every value is read', async () => {
    const report = await look(published, { verify: true });
    expect(report.findings).toEqual([]);
    expect(report.facts?.content.multiset).toBe(report.receipt?.multiset);
  });

  it('tells a flipped bit with code, column, row group, page and offset', async () => {
    const { rowGroups } = await look(published);
    const chunk = rowGroups[2]?.columns[2];
    const at = (chunk?.offset ?? 0) + (chunk?.sizeBytes ?? 0) - 5;
    const { findings } = await look(flipped(published, at), { verify: true });
    expect(findings[0]).toMatchObject({
      check: 'crc',
      severity: 'error',
      details: { code: 'CRC_MISMATCH', column: 'price', rowGroup: 2 },
    });
    expect(findings[0]?.details['page']).toBeGreaterThanOrEqual(0);
    expect(findings[0]?.details['offset']).toBeGreaterThanOrEqual(chunk?.offset ?? Infinity);
    // Who only looks does not see it.
    expect((await look(flipped(published, at))).findings).toEqual([]);
  });

  it('tells a page header that is bad, whether or not every value is read', async () => {
    const { rowGroups } = await look(published);
    const damaged = Uint8Array.from(published);
    const start = rowGroups[1]?.columns[1]?.offset ?? 0;
    damaged.fill(0xff, start, start + 4);
    for (const verify of [false, true]) {
      const { findings } = await look(damaged, { verify });
      const details = { column: 'seq', rowGroup: 1, page: 0, offset: start };
      expect(findings.filter(({ check }) => check === 'readable')).toMatchObject([
        { severity: 'error', details },
      ]);
    }
  });

  it.each([
    ['cut short', (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 10), 'TRUNCATED'],
    ['of another format', (bytes: Uint8Array) => flipped(bytes, 1), 'BAD_MAGIC'],
    ['nothing', () => new Uint8Array(0), 'TRUNCATED'],
  ])('that is %s is refused with its code', async (_, damage, code) => {
    await expect(look(damage(published))).rejects.toMatchObject({ kind: 'corrupt', code });
  });
});

describe('a file that another program wrote', () => {
  it('is unprotected, and good where every value can be read', async () => {
    const path = join(directory, 'theirs.parquet');
    await duckdb.run(
      `COPY (SELECT i AS a, [i, NULL] AS b FROM range(1000) t(i)) TO ${sqlText(path)} (FORMAT parquet)`,
    );
    const report = await look(readFileSync(path), { verify: true });
    expect(report).toMatchObject({
      rowCount: 1000,
      receipt: undefined,
      pages: { withCrc: 0 },
      facts: { rowCount: 1000 },
    });
    expect(report.findings).toMatchObject([{ check: 'unprotected', severity: 'warning' }]);
    expect(report.columns.map(({ path: name, repeated }) => [name, repeated])).toEqual([
      ['a', false],
      ['b.list.element', true],
    ]);
    const text = reportText(path, report, { rowGroups: false });
    expect(text).toContain('unprotected: none has a checksum');
  });

  it('says nothing of pages when only its footer is looked at', async () => {
    const report = await look(published, { pages: false });
    expect(report.pages).toBeUndefined();
    expect(report.rowGroups[0]?.columns[0]?.pages).toBeUndefined();
  });
});

describe('a report for people', () => {
  it('has no control characters of a file in it', async () => {
    const report = await look(published);
    const [first, ...columns] = report.columns;
    const hostile = { ...report, columns: [{ ...first!, path: 'a\u001b[2J', min: '\u0007' }, ...columns] };
    const text = reportText('data.parquet', hostile, { rowGroups: false });
    expect(text.split('\n').map(printableValue).join('\n')).toBe(text);
  });

  it('has sums, and every column of every row group when asked', async () => {
    const report = await look(published);
    const text = reportText('data.parquet', report, { rowGroups: false });
    expect(text).toMatch(/^data\.parquet\n {2}rows +220\n/);
    expect(text).toMatch(/ {2}receipt +220 rows of 3 sources/);
    expect(text).toMatch(/ {2}sorted by +ts_event, seq/);
    expect(text).toMatch(/ {2}symbol +utf8 +BYTE_ARRAY +null +ZSTD/);
    expect(text).not.toContain('row group 3');
    expect(reportText('data.parquet', report, { rowGroups: true })).toContain(
      'row group 3: 28 rows from row 192',
    );
  });
});
