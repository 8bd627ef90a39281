import { DuckDBInstance } from '@duckdb/node-api';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataHeader, FIELD, readLayout, writeLayout } from '../format/file-layout.js';
import { encodeThriftTree, intOf } from '../format/thrift-tree.js';
import { readWholeFile } from '../read-whole-file.js';
import { makeBaseFiles } from './base-files.js';
import { readCorpus, writeCorpus } from './corpus-folder.js';
import type { Target } from './target.js';

let folder: string;
let targets: Target[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ticklake-fuzz-spec-'));
  targets = await writeCorpus(folder);
});
afterAll(() => rm(folder, { recursive: true }));

const CODECS = { none: 0, snappy: 1, gzip: 2, brotli: 4, zstd: 6, lz4raw: 7 };
const ENCODINGS = { plain: 0, delta: 5, deltaLength: 6, deltaBytes: 7, dictionary: 8, split: 9 };

/** `version/number` of everything that pages of the base files are. */
function seen(of: (version: number, codec: number, encoding: number) => string): Set<string> {
  const found = targets.flatMap(({ layout }) =>
    layout.chunks.flatMap(({ meta, pages }) =>
      pages.flatMap(({ header }) => {
        const data = dataHeader(header);
        if (data === undefined) return [];
        const version = intOf(header, FIELD.page.type) === 3 ? 2 : 1;
        const encoding = intOf(data, version === 2 ? FIELD.v2.encoding : FIELD.v1.encoding) ?? -1;
        return [of(version, intOf(meta, FIELD.meta.codec) ?? -1, encoding)];
      }),
    ),
  );
  return new Set(found);
}

describe('the base files', () => {
  it('are 26, more than ten of them with a checksum on every page', () => {
    expect(targets.length).toBe(26);
    expect(targets.filter(({ sealed }) => sealed).length).toBeGreaterThan(10);
    expect(targets.some(({ layout }) => layout.chunks.some(({ pages }) => pages.length > 3))).toBe(true);
  });

  it('have every codec and every encoding in pages of both versions', () => {
    const codecs = seen((version, codec) => `${version}/${codec}`);
    const encodings = seen((version, _codec, encoding) => `${version}/${encoding}`);
    for (const version of [1, 2]) {
      for (const codec of Object.values(CODECS)) expect(codecs).toContain(`${version}/${codec}`);
      for (const encoding of Object.values(ENCODINGS)) expect(encodings).toContain(`${version}/${encoding}`);
    }
  });

  it('are the same each time', async () => {
    const again = await makeBaseFiles();
    const changed = again.filter(({ bytes }, i) => Buffer.compare(bytes, targets[i]?.bytes ?? bytes) !== 0);
    expect(changed.map(({ name }) => name)).toEqual([]);
  });

  it('are given to the workers as they are', async () => {
    const read = await readCorpus(folder);
    expect(read.map(({ name, reference, sealed }) => [name, reference, sealed])).toEqual(
      targets.map(({ name, reference, sealed }) => [name, reference, sealed]),
    );
    expect(
      read.every(({ bytes }, i) => Buffer.compare(bytes, targets[i]?.bytes ?? new Uint8Array()) === 0),
    ).toBe(true);
  });

  it('have the same values wherever they are made of the same rows, whoever wrote them', () => {
    const valuesOf = (name: string) => targets.find((target) => target.name === name)?.reference.columns;
    const flat = [
      'duckdb-snappy',
      'duckdb-gzip',
      'duckdb-zstd',
      'duckdb-lz4raw',
      'duckdb-brotli',
      'crc-v1-gzip',
    ];
    const sunk = ['sink-none', 'sink-snappy-groups', 'sink-zstd'];
    for (const name of [...flat, ...sunk]) expect(valuesOf(name)).toEqual(valuesOf('duckdb-none-plain'));
    const written = ['hyparquet-snappy-delta', 'crc-v1-lz4raw-delta', 'crc-v1-zstd-split'];
    const again = ['crc-v2-gzip-plain', 'crc-v2-brotli-delta', 'crc-v2-lz4raw-split'];
    for (const name of [...written, ...again])
      expect(valuesOf(name)).toEqual(valuesOf('hyparquet-none-plain'));
    expect(valuesOf('crc-v2-snappy-half-raw')).toEqual(valuesOf('hyparquet-snappy-dictionary'));
    expect(valuesOf('crc-v2-zstd-nested')).toEqual(valuesOf('hyparquet-none-nested'));
    for (const name of ['crc-v1-brotli-nested', 'sink-zstd-nested']) {
      expect(valuesOf(name)).toEqual(valuesOf('duckdb-snappy-nested'));
    }
  });

  it('are decoded by DuckDB too', async () => {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await instance.connect();
    // DuckDB reads split bytes of floats only.
    for (const { name, reference } of targets.filter((target) => !target.name.endsWith('-split'))) {
      const path = join(folder, `${name}.parquet`);
      const query = `SELECT count(h) FROM (SELECT hash(t) AS h FROM read_parquet('${path}') t)`;
      const counted = (await connection.runAndReadAll(query)).getRows()[0]?.[0];
      expect([name, counted]).toEqual([name, BigInt(reference.rowCount)]);
    }
    connection.closeSync();
    instance.closeSync();
  });
});

describe('a file taken apart', () => {
  it('has the footer and pages that it has', () => {
    for (const { name, bytes, layout, pages } of targets) {
      const footer = bytes.subarray(layout.footerStart, bytes.length - 8);
      expect([name, Buffer.compare(encodeThriftTree(layout.footer), footer)]).toEqual([name, 0]);
      for (const { header, start, bodyStart } of pages) {
        expect(Buffer.compare(encodeThriftTree(header), bytes.subarray(start, bodyStart))).toBe(0);
      }
    }
  });

  it('reads as before when it is put together again', async () => {
    for (const { name, reference } of targets) {
      const layout = readLayout(await readFile(join(folder, `${name}.parquet`)));
      const bytes = writeLayout(
        layout,
        layout.chunks.map(({ pages }) => pages),
      );
      expect([name, await readWholeFile(bytes)]).toMatchObject([name, { kind: 'values', file: reference }]);
    }
  });
});
