import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { EngineTask } from './engine-task.js';
import { sqlText } from './sql-text.js';

const PROGRAM = fileURLToPath(new URL('../../dist/bench/engine-job.js', import.meta.url));

let root: string;
let duckdb: DuckDBConnection;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ticklake-engine-job-'));
  duckdb = await (await DuckDBInstance.create()).connect();
});
afterAll(async () => {
  duckdb.closeSync();
  await rm(root, { recursive: true });
});

/** Rows of two files by time, file and place, as they should come out, and as they did. */
async function merged(orders: readonly [string, string], pages: EngineTask['pages']) {
  const folder = await mkdtemp(join(root, 'job-'));
  const [partition, output, scratch] = ['day', join(folder, 'out.parquet'), join(folder, 'scratch')];
  await mkdir(join(folder, partition));
  await mkdir(scratch);
  const files = orders.map((_, file) => join(folder, partition, `part-${file}.parquet`));
  for (const [file, order] of orders.entries()) {
    const rows = `SELECT i + ${file} AS ts_event, ${file} * 1000 + i AS id FROM range(500) AS t(i) ORDER BY ${order}`;
    await duckdb.run(`COPY (${rows}) TO ${sqlText(files[file] ?? '')} (FORMAT parquet)`);
  }
  const task: EngineTask = { raw: folder, partition, output, scratch, pages, threads: 1, receipts: true };
  await promisify(execFile)(process.execPath, [PROGRAM, JSON.stringify(task)]);
  const rowsOf = async (sql: string) => (await duckdb.runAndReadAll(sql)).getRowsJson();
  const sources = `read_parquet([${files.map(sqlText).join()}], filename = true, file_row_number = true)`;
  return {
    expected: await rowsOf(
      `SELECT ts_event, id, row_number() OVER (ORDER BY ts_event, filename, file_row_number) - 1 AS seq FROM ${sources} ORDER BY seq`,
    ),
    found: await rowsOf(`SELECT ts_event, id, seq FROM read_parquet(${sqlText(output)})`),
  };
}

describe.each(['encode', 'copy'] as const)('a merge by what footers claim (%s)', (pages) => {
  it.each<[string, readonly [string, string]]>([
    ['what they claim is so', ['i', 'i']],
    ['rows of a file do not ascend, which no footer tells', ['i', 'hash(i)']],
  ])('has all rows in order where %s', async (_, orders) => {
    const { expected, found } = await merged(orders, pages);
    expect(found).toHaveLength(1000);
    expect(found).toEqual(expected);
  });
});
