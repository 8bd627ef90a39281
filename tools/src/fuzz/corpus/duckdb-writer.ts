import { DuckDBInstance } from '@duckdb/node-api';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqlText } from '../../bench/sql-text.js';

/** Lets DuckDB write files. */
export interface DuckDbWriter {
  /** The file that `COPY (select) TO … (FORMAT parquet, options)` writes. */
  write(select: string, options: string): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** DuckDB in memory on one thread, so that what it writes does not depend on the machine. */
export async function openDuckDbWriter(): Promise<DuckDbWriter> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run("set TimeZone = 'UTC'");
  await connection.run('CREATE MACRO h(x) AS hash(x)::HUGEINT');
  const folder = await mkdtemp(join(tmpdir(), 'ticklake-fuzz-duckdb-'));
  const path = join(folder, 'written.parquet');
  return {
    async write(select, options) {
      await connection.run(`COPY (${select}) TO ${sqlText(path)} (FORMAT parquet, ${options})`);
      return new Uint8Array(await readFile(path));
    },
    async close() {
      connection.closeSync();
      instance.closeSync();
      await rm(folder, { recursive: true });
    },
  };
}

/** Every flat type, half of the columns with nulls. */
export function flatRows(rowCount: number): string {
  return `SELECT
    (1770076800000 + i * 7)::BIGINT AS ts_event,
    (h(i) % 4294967296 - 2147483648)::INTEGER AS i32,
    (h(i + 1) % 256 - 128)::TINYINT AS i8,
    CASE WHEN h(i + 2) % 5 = 0 THEN NULL ELSE (h(i) % 65536)::USMALLINT END AS u16,
    h(i)::UBIGINT AS u64,
    CASE i % 61 WHEN 0 THEN 'nan'::DOUBLE WHEN 1 THEN -0.0::DOUBLE ELSE round(h(i) % 100000 / 7.0, 2) END AS price,
    CASE WHEN h(i + 3) % 9 = 0 THEN NULL ELSE (h(i) % 1000 / 8.0)::FLOAT END AS size,
    CASE WHEN h(i + 4) % 3 = 0 THEN NULL ELSE h(i) % 2 = 0 END AS is_taker,
    'sym-' || (h(i) % 6) AS symbol,
    CASE WHEN h(i + 5) % 4 = 0 THEN NULL ELSE 'ордер ' || (h(i) % 1000000) END AS note,
    encode('b' || (h(i) % 300)) AS raw,
    ((h(i) % 1000000000)::BIGINT / 10000)::DECIMAL(18, 4) AS fee,
    (DATE '2026-02-03' + (h(i) % 400)::INTEGER) AS day,
    make_timestamp((h(i) % 4000000000000000)::BIGINT)::TIMESTAMPTZ AS seen,
    md5(i::VARCHAR)::UUID AS id
    FROM range(${rowCount}) t(i)`;
}

/** Lists, structs and maps, in one another and null. */
export function nestedRows(rowCount: number): string {
  return `SELECT
    i AS n,
    CASE i % 5 WHEN 0 THEN NULL WHEN 1 THEN [] WHEN 2 THEN [i, NULL] ELSE range((i % 7)::BIGINT) END AS list,
    CASE WHEN i % 11 = 0 THEN NULL
      ELSE {'a': i, 'b': CASE WHEN i % 3 = 0 THEN NULL ELSE 's' || (i % 40) END} END AS struct,
    CASE WHEN i % 4 = 0 THEN [] ELSE [{'k': [i], 'v': NULL::INTEGER}, NULL, {'k': NULL, 'v': (i % 100)::INTEGER}] END AS deep,
    MAP {'a' || (i % 9): i / 4.0, 'b': NULL} AS map
    FROM range(${rowCount}) t(i)`;
}

/** Two numbers and a text that do not repeat, to make a file that is read piece by piece. */
export function largeRows(rowCount: number): string {
  return `SELECT (1770076800000 + i * 7)::BIGINT AS ts_event, h(i)::DOUBLE AS price, 'order ' || h(i) AS id
    FROM range(${rowCount}) t(i)`;
}
