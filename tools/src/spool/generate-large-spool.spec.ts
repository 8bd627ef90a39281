import { DuckDBInstance } from '@duckdb/node-api';
import { parseUtcDay } from '@ticklake/core';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateLargeSpool } from './generate-large-spool.js';

describe('generateLargeSpool', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ticklake-large-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const options = {
    layout: 'dated' as const,
    day: parseUtcDay('2026-02-03'),
    rows: 30_000,
    files: 10,
    overlap: 0.1,
    rowGroupRows: 2048,
  };

  it('writes sorted files of equal size that overlap by the stated share and tie', async () => {
    const { paths, rowCount } = await generateLargeSpool({ ...options, directory });
    expect(paths).toHaveLength(10);
    expect(rowCount).toBe(30_000);
    const rows = await query(`
      WITH f AS (
        SELECT filename, min(ts_event) lo, max(ts_event) hi, count(*) n, count(DISTINCT ts_event) times
        FROM read_parquet('${directory}/**/*.parquet', filename = true) GROUP BY filename
      ), b AS (SELECT *, lag(hi) OVER (ORDER BY filename) AS before, hi - lo AS span FROM f)
      SELECT min(n), max(n), count(*) FILTER (lo < before), min((before - lo) / span), max((before - lo) / span) FROM b`);
    expect(rows[0]?.slice(0, 3)).toEqual([3000n, 3000n, 9n]);
    expect(Number(rows[0]?.[3])).toBeGreaterThan(0.08);
    expect(Number(rows[0]?.[4])).toBeLessThan(0.1);
    const unsorted = await query(`
      SELECT count(*) FROM (SELECT ts_event < lag(ts_event) OVER (PARTITION BY filename ORDER BY file_row_number) AS back
        FROM read_parquet('${directory}/**/*.parquet', filename = true, file_row_number = true)) WHERE back`);
    expect(unsorted).toEqual([[0n]]);
  });

  it('makes the same rows again', async () => {
    const sum = `SELECT bit_xor(hash(t)), count(*) FROM read_parquet('${directory}/**/*.parquet') t`;
    await generateLargeSpool({ ...options, directory });
    const first = await query(sum);
    await generateLargeSpool({ ...options, directory });
    expect(await query(sum)).toEqual(first);
  });
});

async function query(sql: string): Promise<readonly (readonly unknown[])[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRows();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
