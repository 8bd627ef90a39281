import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { duckdbContent, ourContent } from '../spec-support/duckdb-hashes.js';

const data = process.env['TICKLAKE_DATA'];
const suite = data === undefined && process.env['CI'] === undefined ? describe.skip : describe;

let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
});

afterAll(() => connection.closeSync());

suite('the content hash in SQL, on real files', () => {
  it.each([
    ['spool-derived', [], 92],
    ['spool-derived-original-layout', [], 22],
    ['quantlab-compact', ['seq'], 1],
  ])('agrees on every file of %s', async (folder, exclude, count) => {
    const files = await parquetFiles(join(data ?? '', folder));
    expect(files).toHaveLength(count);
    for (const path of files) {
      expect([path, await ourContent(path, exclude)]).toEqual([
        path,
        await duckdbContent(connection, path, exclude),
      ]);
    }
  });
});

async function parquetFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true });
  return entries.filter((name) => name.endsWith('.parquet')).map((name) => join(folder, name));
}
