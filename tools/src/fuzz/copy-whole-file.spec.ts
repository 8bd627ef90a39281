import { DuckDBInstance } from '@duckdb/node-api';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeBaseFiles, type BaseFile } from './corpus/base-files.js';
import { copyWholeFile, type Copying } from './copy-whole-file.js';
import { readLayout } from './format/file-layout.js';
import { judgeAttack } from './judge.js';
import { readRows } from './read-whole-file.js';
import { tryFile } from './try-file.js';
import { writeSinkFile, type SinkShape } from './write-sink-file.js';

const ANEW: SinkShape = { compression: 'none', rowGroupRows: 500, pageRows: 100, sortingColumns: [] };

let bases: BaseFile[];
beforeAll(async () => {
  bases = await makeBaseFiles();
});

const baseNamed = (name: string) => {
  const base = bases.find((one) => one.name === name);
  if (base === undefined) throw new Error(`there is no ${name}`);
  return base;
};

async function copyOf({ bytes }: BaseFile): Promise<Extract<Copying, { kind: 'copy' }>> {
  const copying = await copyWholeFile(bytes);
  if (copying.kind === 'failure') throw copying.error;
  return copying;
}

const bodies = (bytes: Uint8Array) =>
  readLayout(bytes).chunks.flatMap(({ pages }) => pages.map(({ body }) => Buffer.from(body).toString('hex')));

describe('copying a file', () => {
  it.each([
    'sink-none',
    'sink-snappy-groups',
    'sink-zstd',
    'sink-none-large',
    'hyparquet-snappy-delta',
    'crc-v1-zstd-split',
    'crc-v2-snappy-half-raw',
  ])('keeps the pages of %s', async (name) => {
    const { bytes } = await copyOf(baseNamed(name));
    expect(bodies(bytes)).toEqual(bodies(baseNamed(name).bytes));
  });

  it('keeps the rows of every base file', async () => {
    for (const { name, bytes } of bases) {
      const judgement = judgeAttack(await tryFile(bytes));
      expect([name, judgement]).toMatchObject([name, { verdict: 'unaffected' }]);
    }
  });

  it('makes files that DuckDB reads as it reads the same rows written anew', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ticklake-fuzz-copy-'));
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await instance.connect();
    let fileCount = 0;
    const digestOf = async (bytes: Uint8Array) => {
      // DuckDB remembers what it has read of a path.
      const path = join(folder, `${fileCount++}.parquet`);
      await writeFile(path, bytes);
      const query = `SELECT count(*)::VARCHAR, sum(hash(t)::HUGEINT)::VARCHAR FROM read_parquet('${path}') t`;
      return (await connection.runAndReadAll(query)).getRows();
    };
    try {
      for (const name of [
        'sink-none',
        'sink-zstd',
        'duckdb-snappy',
        'crc-v2-snappy-half-raw',
        'sink-zstd-nested',
      ]) {
        const base = baseNamed(name);
        const anew = await writeSinkFile(await readRows(base.bytes), ANEW);
        const copy = await copyOf(base);
        expect([name, await digestOf(copy.bytes)]).toEqual([name, await digestOf(anew)]);
      }
    } finally {
      connection.closeSync();
      instance.closeSync();
      await rm(folder, { recursive: true });
    }
  });
});
