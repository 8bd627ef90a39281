import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duckdbContent, ourContent } from '../spec-support/duckdb-hashes.js';
import { contentHashSql } from './content-hash-sql.js';

let directory: string;
let connection: DuckDBConnection;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'content-hash-'));
  connection = await (await DuckDBInstance.create(':memory:')).connect();
});

afterAll(async () => {
  connection.closeSync();
  await rm(directory, { recursive: true });
});

/**
 * Every type of the query, with nulls, extremes, infinities, NaN, empty and long text. No column has both 0 and -0:
 * DuckDB's dictionaries make one of them.
 */
const MIXED = `SELECT
  i AS ts_event,
  CASE WHEN i % 5 = 0 THEN NULL ELSE i % 2 = 0 END AS flag,
  (i % 256 - 128)::TINYINT AS i8, (i % 256)::UTINYINT AS u8,
  (i * 9 - 32768)::SMALLINT AS i16, (i * 9)::USMALLINT AS u16,
  CASE WHEN i = 0 THEN -2147483648 ELSE i END::INTEGER AS i32, (4294967295 - i)::UINTEGER AS u32,
  CASE WHEN i = 0 THEN -9223372036854775808 ELSE -i END::BIGINT AS i64, (18446744073709551615 - i)::UBIGINT AS u64,
  ['0', 'inf', '-inf', 'nan', '1.5', NULL][i % 6 + 1]::FLOAT AS f32,
  ['-0.0', 'inf', '-inf', 'nan', '60000.1', NULL, '5e-324'][i % 7 + 1]::DOUBLE AS f64,
  ['', 'a', 'BTCUSDT', '12345678', '123456789', repeat('long ', 30), 'é😀', NULL, chr(0), 'a' || chr(0)][i % 10 + 1] AS text,
  CASE WHEN i % 3 = 0 THEN NULL ELSE encode(repeat('x', (i % 40)::INTEGER)) || '\\x00\\xFF'::BLOB END AS bytes,
  (DATE '1969-12-30' + i::INTEGER) AS day,
  make_timestamp(i * 1000003 - 5) AS us,
  make_timestamp(i * 1000003 - 5)::TIMESTAMPTZ AS us_utc,
  make_timestamp_ns(i * 1000003 - 5) AS ns,
  NULL::BIGINT AS nothing
FROM range(500) t(i)`;

async function write(name: string, query: string, options: string): Promise<string> {
  const path = join(directory, `${name}.parquet`);
  await connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet, ${options})`);
  return path;
}

describe('the content hash in SQL', () => {
  it('is the content hash in TypeScript, for every type', async () => {
    const path = await write('mixed', MIXED, 'COMPRESSION snappy');
    const expected = await duckdbContent(connection, path, []);
    expect(expected.rowCount).toBe('500');
    expect(await ourContent(path, [])).toEqual(expected);
    const without = await duckdbContent(connection, path, ['text', 'f64']);
    expect(await ourContent(path, ['text', 'f64'])).toEqual(without);
    expect(without.multiset).not.toBe(expected.multiset);
  });

  it('agrees on no rows, and on rows of no columns', async () => {
    const path = await write('empty', `${MIXED} LIMIT 0`, 'COMPRESSION snappy');
    expect(await ourContent(path, [])).toEqual(await duckdbContent(connection, path, []));
    expect((await ourContent(path, [])).multiset).toBe('0'.repeat(32));
    const one = await write('one', 'SELECT 1::BIGINT AS seq FROM range(3)', 'COMPRESSION snappy');
    const content = await duckdbContent(connection, one, ['seq']);
    expect(content.rowCount).toBe('3');
    expect(await ourContent(one, ['seq'])).toEqual(content);
  });

  it('does not know codec, row groups, encodings or column order', async () => {
    const plain = await write('plain', MIXED, 'COMPRESSION snappy');
    const expected = await ourContent(plain, []);
    const reversed = `SELECT nothing, ns, us_utc, us, day, bytes, text, f64, f32, u64, i64, u32, i32, u16, i16, u8, i8, flag, ts_event FROM (${MIXED})`;
    const variants = [
      await write('zstd', MIXED, 'COMPRESSION zstd'),
      await write('gzip', MIXED, 'COMPRESSION gzip'),
      await write('none', MIXED, 'COMPRESSION uncompressed'),
      await write('groups', `SELECT * FROM (${MIXED}) ORDER BY ts_event`, 'ROW_GROUP_SIZE 100'),
      await write('v2', MIXED, "PARQUET_VERSION 'V2'"),
      await write('no-dictionary', MIXED, 'DICTIONARY_SIZE_LIMIT 1'),
      await write('reversed', reversed, 'COMPRESSION lz4_raw'),
    ];
    for (const path of variants) {
      expect([path, await ourContent(path, [])]).toEqual([path, expected]);
      expect([path, await duckdbContent(connection, path, [])]).toEqual([path, expected]);
    }
  });

  it('changes with any single change, and only the ordered form with row order', async () => {
    const base = await ourContent(await write('base', MIXED, 'COMPRESSION snappy'), []);
    const changes: Readonly<Record<string, string>> = {
      lost: `SELECT * FROM (${MIXED}) WHERE ts_event <> 77`,
      doubled: `SELECT * FROM (${MIXED}) UNION ALL SELECT * FROM (${MIXED}) WHERE ts_event = 77`,
      value: `SELECT * REPLACE (CASE WHEN ts_event = 77 THEN u64 - 1 ELSE u64 END AS u64) FROM (${MIXED})`,
      null: `SELECT * REPLACE (CASE WHEN ts_event = 77 THEN NULL ELSE i8 END AS i8) FROM (${MIXED})`,
      zero: `SELECT * REPLACE (CASE WHEN f64 = 0 THEN 0.0 ELSE f64 END AS f64) FROM (${MIXED})`,
      type: `SELECT * REPLACE (i32::BIGINT AS i32) FROM (${MIXED})`,
      name: `SELECT * RENAME (i32 AS i33) FROM (${MIXED})`,
      exchanged: `SELECT * REPLACE (i64 AS ts_event, ts_event AS i64) FROM (${MIXED})`,
      column: `SELECT *, NULL::BIGINT AS more FROM (${MIXED})`,
    };
    for (const [name, query] of Object.entries(changes)) {
      const path = await write(`changed-${name}`, query, 'COMPRESSION snappy');
      expect([name, (await ourContent(path, [])).multiset]).not.toEqual([name, base.multiset]);
    }
    const turned = await write(
      'turned',
      `SELECT * FROM (${MIXED}) ORDER BY ts_event DESC`,
      'COMPRESSION snappy',
    );
    const content = await ourContent(turned, []);
    expect(content.multiset).toBe(base.multiset);
    expect(content.ordered).not.toBe(base.ordered);
  });

  it('refuses a type that it has no rule for', () => {
    const columns = [{ name: 'a', sqlType: 'BIGINT[]' }];
    expect(() => contentHashSql({ path: 'x', columns, exclude: [] })).toThrow('no rule');
  });
});
