import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ATTACKS } from '@ticklake/parquet/testing';
import type { ObjectStore } from '@ticklake/storage';
import { STATE_KEY } from './documents.js';
import { compact } from './job.js';
import { partitionDirectory } from './partition-key.js';
import { codesOf, isPublished, keyOf, spoolKey, TODAY } from './testing/bad-spool.js';
import { ARENA, testContext, testRequest, testSettings } from './testing/context.js';
import { openDuckdb, sqlText, type Duckdb } from './testing/duckdb.js';
import { contentsOf, emptyStore } from './testing/spool.js';
import { verifyPartition } from './verify-partition.js';

/*
 * The rows of ../BAD-INPUT.md about what is in spool files; each test is named by its row. What a Parquet file may hold to harm a reader
 * (rows 6 to 28) is tested where it is decoded, and here once more as spool files.
 */

const MIDNIGHT_MS = 1_770_076_800_000;
const { signal } = new AbortController();

let duckdb: Duckdb;
let directory: string;

beforeAll(async () => {
  duckdb = await openDuckdb();
  directory = mkdtempSync(join(tmpdir(), 'ticklake-bad-input-'));
});
afterAll(() => {
  duckdb.close();
  rmSync(directory, { recursive: true, force: true });
});

let fileCount = 0;
/** What DuckDB writes of a query: a file of another program. */
async function sqlFile(query: string): Promise<Uint8Array> {
  const path = join(directory, `${++fileCount}.parquet`);
  await duckdb.run(`COPY (${query}) TO ${sqlText(path)} (FORMAT parquet)`);
  return readFileSync(path);
}

/** Rows of one column more than a time, `first` milliseconds into the day. */
const rows = (columns: string, first = 0, count = 3) =>
  sqlFile(`SELECT (${MIDNIGHT_MS} + ${first} + i)::BIGINT AS ts_event, ${columns} FROM range(${count}) t(i)`);

/** Compacts a spool in which every symbol has the files of its list. */
async function compactFiles(
  symbols: Readonly<Record<string, readonly (Uint8Array | Promise<Uint8Array>)[]>>,
  changes: Parameters<typeof testSettings>[0] = {},
) {
  const stores = { raw: emptyStore(), compact: emptyStore() };
  for (const [symbol, files] of Object.entries(symbols)) {
    for (const [i, file] of files.entries()) await stores.raw.put(spoolKey(symbol, i), await file);
  }
  const settings = testSettings({ tsUnit: undefined, ...changes });
  const summary = await compact(testRequest(), testContext(stores, { today: TODAY, settings }));
  return { ...stores, summary };
}

/** The published rows as DuckDB reads them, without their number. */
async function publishedValues(store: ObjectStore, symbol: string, select: string) {
  const { bytes } = await store.get(`${partitionDirectory(keyOf(symbol))}data.parquet`);
  const path = join(directory, `${++fileCount}.parquet`);
  writeFileSync(path, bytes);
  return duckdb.rows(`SELECT ${select} FROM ${sqlText(path)} ORDER BY seq`);
}

describe('spool files that are no Parquet files', () => {
  const text = (content: string) => new TextEncoder().encode(content);
  it.each([
    ['row 1: of no bytes', new Uint8Array(0), 'TRUNCATED'],
    ['row 2: of 4 bytes, PAR1', text('PAR1'), 'TRUNCATED'],
    ['row 2: of 8 bytes, PAR1PAR1', text('PAR1PAR1'), 'TRUNCATED'],
    ['row 2: of 12 bytes, PAR1 and a footer of none', text('PAR1\0\0\0\0PAR1'), 'TRUNCATED'],
    ['row 4: an error page', text('<!DOCTYPE html><html><body>503 Slow Down</body></html>'), 'BAD_MAGIC'],
    [
      'row 4: an error of a store',
      text('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'),
      'BAD_MAGIC',
    ],
    ['row 5: lines of JSON', text('{"ts_event":1}\n{"ts_event":2}\n'), 'BAD_MAGIC'],
    ['row 5: a table of text', text('ts_event,price\n1,2\n'), 'BAD_MAGIC'],
    ['row 6: an encrypted footer', text(`PARE${' '.repeat(40)}\x10\0\0\0PARE`), 'UNSUPPORTED'],
  ])('%s, is put away', async (_, file, code) => {
    const { compact: store, summary } = await compactFiles({ bad: [file], good: [rows('1 AS x')] });
    expect(summary).toMatchObject({ done: 1, failed: 1 });
    expect(await codesOf(store, 'bad')).toEqual([code]);
    expect([await isPublished(store, 'bad'), await isPublished(store, 'good')]).toEqual([false, true]);
  });
});

describe('rows 7 to 28: spool files that were made to harm a reader', () => {
  it('are each put away or read in full, never published wrong, and none stops the run', async () => {
    const symbols = new Map(ATTACKS.map((attack, i) => [`attack${i}`, attack]));
    const files = Object.fromEntries([...symbols].map(([symbol, attack]) => [symbol, [attack.file()]]));
    const { compact: store, summary } = await compactFiles({ ...files, good: [rows('1 AS x')] });
    expect(summary).toMatchObject({ done: 1, failed: ATTACKS.length });
    for (const [symbol, { name, ends }] of symbols) {
      const [code] = await codesOf(store, symbol);
      // They have no ts_event: what is sound in them, or not read before that is seen, is refused for it.
      expect({ name, code }).toEqual({
        name,
        code: [...ends, 'SCHEMA_MISMATCH'].find((end) => end === code),
      });
    }
  });
});

describe('values that are easily changed', () => {
  it('row 31: decimals of 38 digits are passed on as they are', async () => {
    const value = '12345678901234567890123456789.123456789';
    const { compact: store } = await compactFiles({ s: [rows(`'${value}'::DECIMAL(38,9) AS d`)] });
    expect(await publishedValues(store, 's', 'typeof(d), d')).toEqual(
      Array(3).fill(['DECIMAL(38,9)', value]),
    );
  });

  it('row 32: unsigned integers above 2^63 are exact', async () => {
    const { compact: store } = await compactFiles({
      s: [rows(`18446744073709551615::UBIGINT - i::UBIGINT AS u`)],
    });
    expect(await publishedValues(store, 's', 'typeof(u), u')).toEqual([
      ['UBIGINT', '18446744073709551615'],
      ['UBIGINT', '18446744073709551614'],
      ['UBIGINT', '18446744073709551613'],
    ]);
  });

  it('row 33: NaN, infinities and -0 are kept bit by bit', async () => {
    const values = `CASE i WHEN 0 THEN 'nan' WHEN 1 THEN 'inf' WHEN 2 THEN '-inf' ELSE '-0.0' END::DOUBLE AS f`;
    const { compact: store } = await compactFiles({ s: [rows(values, 0, 4)] });
    expect(await publishedValues(store, 's', 'f, f::BIT')).toEqual(
      await duckdb.rows(`SELECT f, f::BIT FROM (VALUES ('nan'::DOUBLE), ('inf'), ('-inf'), ('-0.0')) t(f)`),
    );
  });
});

describe('files that disagree', () => {
  const mismatch = { done: 0, failed: 1 };
  const timed = (type: string) =>
    sqlFile(
      `SELECT make_timestamp(${MIDNIGHT_MS}::BIGINT * 1000 + i)::${type} AS ts_event, 1 AS x FROM range(3) t(i)`,
    );

  it.each([
    ['row 30: about the unit of time', () => [timed('TIMESTAMP_MS'), timed('TIMESTAMP_NS')]],
    ['row 30: about whether time has a unit', () => [timed('TIMESTAMP'), rows('1 AS x')]],
    ['row 35: about time being a number', () => [rows('1 AS x'), sqlFile(`SELECT '5' AS ts_event, 1 AS x`)]],
    ['row 36: by a column more', () => [rows('1 AS x'), rows('1 AS x, 2 AS y')]],
    ['row 37: by a column less', () => [rows('1 AS x, 2 AS y'), rows('1 AS x')]],
    ['row 39: about the width of an integer', () => [rows('1::INTEGER AS x'), rows('1::BIGINT AS x')]],
  ])('%s: the stranger is put away, whose partition is not published', async (_, files) => {
    const { compact: store, summary } = await compactFiles({ s: files() });
    expect(summary).toMatchObject(mismatch);
    expect(await codesOf(store, 's')).toEqual(['SCHEMA_MISMATCH']);
    expect(await isPublished(store, 's')).toBe(false);
  });

  it('row 34: a time that is null puts its file away', async () => {
    const file = sqlFile(
      `SELECT CASE WHEN i = 1 THEN NULL ELSE ${MIDNIGHT_MS} + i END::BIGINT AS ts_event FROM range(3) t(i)`,
    );
    const { compact: store } = await compactFiles({ s: [file] });
    expect(await codesOf(store, 's')).toEqual(['NULL_TS']);
  });

  it('row 38: about the order of columns only are merged', async () => {
    const { compact: store, summary } = await compactFiles({
      s: [rows('1 AS x, 2 AS y'), sqlFile(`SELECT 4 AS y, 3 AS x, ${MIDNIGHT_MS + 9}::BIGINT AS ts_event`)],
    });
    expect(summary).toMatchObject({ done: 1, rows: 4 });
    expect((await publishedValues(store, 's', 'x, y')).at(-1)).toEqual(['3', '4']);
  });

  it('row 40: about encodings only are merged', async () => {
    const same = sqlFile(`SELECT (${MIDNIGHT_MS} + i)::BIGINT AS ts_event, 'a' AS t FROM range(2000) r(i)`);
    const own = sqlFile(
      `SELECT (${MIDNIGHT_MS} + i)::BIGINT AS ts_event, 'a' || i AS t FROM range(2000) r(i)`,
    );
    const { compact: store, summary } = await compactFiles({ s: [same, own] });
    expect(summary).toMatchObject({ done: 1, rows: 4000 });
    expect(new Set((await publishedValues(store, 's', 't')).flat()).size).toBe(2001);
  });

  it('row 42: rows of one time keep the order of their files, the same each time', async () => {
    const tied = (x: number) =>
      sqlFile(`SELECT ${MIDNIGHT_MS}::BIGINT AS ts_event, ${x} + i AS x FROM range(3) t(i)`);
    const files = { s: [tied(10), tied(0)] };
    const { compact: store } = await compactFiles(files);
    expect((await publishedValues(store, 's', 'x')).flat()).toEqual(['10', '11', '12', '0', '1', '2']);
  });

  it('row 43: not at all, being one file under two names, are both kept', async () => {
    const file = await rows('1 AS x');
    const { summary } = await compactFiles({ s: [file, file] });
    expect(summary).toMatchObject({ done: 1, rows: 6 });
  });
});

describe('columns', () => {
  it('row 56: called __proto__ or twice the same are refused; constructor is a name', async () => {
    const { compact: store, summary } = await compactFiles({
      constructor: [rows('7 AS constructor')],
      empty: [rows('7 AS " "')],
    });
    expect(summary).toMatchObject({ done: 2 });
    expect((await publishedValues(store, 'constructor', 'constructor')).flat()).toEqual(['7', '7', '7']);
  });

  it('row 57: of 5,000 are more than is read', async () => {
    const many = Array.from({ length: 5000 }, (_, i) => `${i} AS c${i}`).join(', ');
    const { compact: store } = await compactFiles({ s: [rows(many, 0, 1)] });
    expect(await codesOf(store, 's')).toEqual(['LIMIT']);
  });
});

describe('few rows', () => {
  it('row 58: one is published, and none is too', async () => {
    const { compact: store, summary } = await compactFiles({
      one: [rows('1 AS x', 0, 1)],
      none: [rows('1 AS x', 0, 0)],
    });
    expect(summary).toMatchObject({ done: 2, rows: 1 });
    for (const symbol of ['one', 'none']) {
      const { findings } = await verifyPartition(keyOf(symbol), {
        arena: ARENA,
        compact: store,
        raw: undefined,
        signal,
      });
      expect(findings).toEqual([]);
    }
  });

  it('row 59: no file for a day is no error, and publishes nothing', async () => {
    const { compact: store, summary } = await compactFiles({});
    expect(summary).toMatchObject({ done: 0, failed: 0, rows: 0 });
    expect([...(await contentsOf(store)).keys()]).toEqual([STATE_KEY]);
  });
});
