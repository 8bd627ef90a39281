import { textColumn, type RecordBatch } from '@ticklake/columnar';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ParquetReader } from '../read/open-parquet.js';
import { openDuckDb, type DuckDbOracle } from '../spec-support/duckdb-oracle.js';
import { readAll } from '../spec-support/read-all.js';
import { ARENA } from '../spec-support/test-arena.js';
import { hostileFile, oneColumn } from '../testing/hostile-file.js';
import { arbitraryFile } from '../spec-support/arbitrary-file.js';
import { copyOf } from './spec-support/copied-file.js';
import { parquetBytes } from './spec-support/parquet-bytes.js';
import { expectLayout, pagesOf, rowsOf } from '../spec-support/page-layout.js';

/** Two row groups of five columns, with nulls, few values and many. */
const TRADES: RecordBatch = {
  schema: {
    fields: [
      { name: 'ts', type: { kind: 'int', bits: 64, signed: true }, nullable: false },
      { name: 'price', type: { kind: 'float', bits: 64 }, nullable: true },
      { name: 'venue', type: { kind: 'utf8' }, nullable: true },
      { name: 'flag', type: { kind: 'bool' }, nullable: false },
      { name: 'id', type: { kind: 'utf8' }, nullable: false },
    ],
  },
  rowCount: 180,
  columns: [
    { layout: 'fixed', values: BigInt64Array.from({ length: 180 }, (_, i) => BigInt(i * i)) },
    {
      layout: 'fixed',
      values: Float64Array.from({ length: 180 }, (_, i) => (i % 17) / 4 - 1.5),
      validity: Uint8Array.from({ length: 180 }, (_, i) => (i < 26 || i % 5 === 0 ? 0 : 1)),
    },
    textColumn(Array.from({ length: 180 }, (_, i) => (i % 6 === 0 ? null : `venue-${i % 4}`))),
    { layout: 'fixed', values: Uint8Array.from({ length: 180 }, (_, i) => i % 2) },
    textColumn(Array.from({ length: 180 }, (_, i) => `trade-${i}`)),
  ],
};

let duckdb: DuckDbOracle;
beforeAll(async () => {
  duckdb = await openDuckDb();
});
afterAll(() => duckdb.close());
afterEach(() => expect(ARENA.usedBytes).toBe(0));

/** That DuckDB reads two files alike. */
async function expectAlike(bytes: Uint8Array, source: Uint8Array): Promise<void> {
  const [a, b] = [bytes, source].map((one, i) => {
    const path = join(duckdb.directory, `alike-${i}.parquet`);
    writeFileSync(path, one);
    return path;
  });
  expect(await duckdb.columns(`select * from '${a}'`)).toEqual(await duckdb.columns(`select * from '${b}'`));
}

describe('row groups of files of this library', () => {
  it('are copied page by page, for every type, codec, encoding and page size', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryFile(), async ({ batch, options }) => {
        const bytes = await parquetBytes(batch.schema, [batch], options);
        // Equal options: whether pages were copied or made anew, every byte is the same.
        expect(Buffer.compare(await copyOf(bytes, { options }), bytes)).toBe(0);
        // Other options for pages: they are copied nevertheless.
        const others = { ...options, pageRows: 7, dictionaryBytesMax: 0 };
        const flat = { fields: batch.schema.fields.filter(({ type }) => type.kind !== 'nested') };
        if (flat.fields.length === batch.schema.fields.length) {
          expect(Buffer.compare(await copyOf(bytes, { options: others }), bytes)).toBe(0);
        }
        expect(ARENA.usedBytes).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  it.each(['none', 'snappy', 'zstd'] as const)(
    'name sorting columns and index every page, %s',
    async (compression) => {
      const bytes = await parquetBytes(TRADES.schema, [TRADES], { compression, pageRows: 13 });
      const options = { compression, sortingColumns: ['ts', 'venue'] };
      const copied = await copyOf(bytes, { options });
      const rows = compression === 'zstd' ? undefined : await rowsOf(bytes);
      expectLayout(copied, { ...(rows && { rows }), sortingColumns: [0, 2] });
      if (rows !== undefined) expect(await rowsOf(copied)).toEqual(rows);
      expect(pagesOf(copied, 0, 0)).toHaveLength(Math.ceil(100 / 13));
      await expectAlike(copied, bytes);
    },
  );

  it.each([
    ['another codec', { compression: 'snappy' as const, pageRows: 13 }, TRADES.schema],
    [
      'another nullability',
      { compression: 'none' as const, pageRows: 13 },
      { fields: TRADES.schema.fields.map((field) => ({ ...field, nullable: true })) },
    ],
  ])('are encoded where pages would be stored otherwise: %s', async (_, options, schema) => {
    const bytes = await parquetBytes(TRADES.schema, [TRADES], { compression: 'none', pageRows: 13 });
    const copied = await copyOf(bytes, { options, schema });
    const anew = await parquetBytes(schema, [{ ...TRADES, schema }], options);
    expect(Buffer.compare(copied, anew)).toBe(0);
    expectLayout(copied, { rows: await rowsOf(bytes) });
  });

  it('may have columns of both kinds', async () => {
    const bytes = await parquetBytes(TRADES.schema, [TRADES], { pageRows: 13 });
    const copied = await copyOf(bytes, { encoded: ['ts', 'flag'], options: { pageRows: 50 } });
    expectLayout(copied, { rows: await rowsOf(bytes) });
    expect(await rowsOf(copied)).toEqual(await rowsOf(bytes));
    const pageCounts = TRADES.schema.fields.map(
      (_, i) => pagesOf(copied, 0, i).filter(({ type }) => type !== 2).length,
    );
    expect(pageCounts).toEqual([2, 8, 8, 2, 8]);
  });
});

/** A value for row `i` of every flat type DuckDB writes and we store as it does, or otherwise. */
const COLUMNS: Readonly<Record<string, string>> = {
  i64: '(i * 3)::BIGINT',
  few: '(i % 7)::BIGINT',
  i32: '(i % 1000 - 500)::INTEGER',
  i16: '(i % 300)::SMALLINT',
  u8: '(i % 256)::UTINYINT',
  u64: '(i * 1000)::UBIGINT',
  flag: '(i % 3 = 0)',
  venue: "('venue-' || (i % 5))",
  text: "('text ' || i)",
  blob: "encode('b' || i)",
  f32: '(i / 8)::FLOAT',
  f64: '((i % 100) / 4)::DOUBLE',
  day: "(DATE '2024-01-01' + (i % 30)::INTEGER)",
  ts: 'make_timestamp(1700000000000000 + i * 1000)',
  clock: "(TIME '00:00:00' + to_microseconds(i))",
  dec9: '((i % 1000) / 100)::DECIMAL(9, 2)',
  dec18: '(i % 1000)::DECIMAL(18, 2)',
  dec38: '(i % 1000)::DECIMAL(38, 2)',
  uuid: 'md5(i::VARCHAR)::UUID',
  list: '[i, NULL]',
};

const CODECS = ['uncompressed', 'snappy', 'zstd', 'gzip', 'brotli', 'lz4_raw'];

describe('row groups of DuckDB', () => {
  it.each(CODECS.flatMap((codec) => ['v1', 'v2'].map((version) => [codec, version] as const)))(
    'are the same for it when they were copied, %s %s',
    async (codec, version) => {
      const columns = Object.entries(COLUMNS).flatMap(([name, sql]) => [
        `${sql} as ${name}`,
        `case when i % 4 = 1 then null else ${sql} end as ${name}_n`,
      ]);
      const path = join(duckdb.directory, 'source.parquet');
      await duckdb.run(
        `copy (select ${columns.join()} from range(3000) t(i)) to '${path}'
         (format parquet, compression ${codec}, parquet_version ${version}, row_group_size 2048)`,
      );
      const bytes = readFileSync(path);
      const compression = codec === 'uncompressed' ? 'none' : codec === 'zstd' ? 'zstd' : 'snappy';
      const copied = await copyOf(bytes, { options: { compression, sortingColumns: ['i64'] } });
      const isRead = compression !== 'zstd';
      expectLayout(copied, { ...(isRead && { rows: await rowsOf(copied) }), sortingColumns: [0] });
      await expectAlike(copied, bytes);
      expect(await readAll(copied)).toEqual(await readAll(bytes));
      const isKept = Buffer.compare(bodyOf(copied, 'text'), bodyOf(bytes, 'text')) === 0;
      // It writes no checksums, without which zstd is made anew.
      expect(isKept).toBe(['uncompressed', 'snappy'].includes(codec));
    },
  );
});

describe('row groups of hyparquet-writer', () => {
  it.each(['UNCOMPRESSED', 'SNAPPY'] as const)(
    'are the same for hyparquet, with checksums they did not have, %s',
    async (codec) => {
      const rows = Array.from({ length: 500 }, (_, i) => i);
      const file = parquetWriteBuffer({
        codec,
        rowGroupSize: 200,
        pageSize: 300,
        columnData: [
          { name: 'id', type: 'INT64', data: rows.map((i) => BigInt(i * 5)), nullable: false },
          { name: 'maybe', type: 'INT64', data: rows.map((i) => (i % 3 === 0 ? null : BigInt(i % 10))) },
          { name: 'none', type: 'INT64', data: rows.map(() => null) },
          { name: 'double', type: 'DOUBLE', data: rows.map((i) => i / 3) },
          { name: 'text', type: 'STRING', data: rows.map((i) => (i % 4 === 0 ? null : `text ${i}`)) },
          { name: 'flag', type: 'BOOLEAN', data: rows.map((i) => i % 2 === 0) },
        ],
      });
      const bytes = new Uint8Array(file);
      expect(pagesOf(bytes, 0, 0).length).toBeGreaterThan(1);
      expect(pagesOf(bytes, 0, 0).map(({ crc }) => crc)).not.toContain(expect.any(Number));
      const compression = codec === 'SNAPPY' ? 'snappy' : 'none';
      const copied = await copyOf(bytes, { options: { compression } });
      const expected = await rowsOf(bytes);
      expect(await rowsOf(copied)).toEqual(expected);
      expectLayout(copied, { rows: expected });
      for (const column of [0, 1, 2, 3, 4, 5]) {
        const bodies = [copied, bytes].map((one) => pagesOf(one, 1, column).map(({ body }) => body));
        expect(bodies[0]).toEqual(bodies[1]);
      }
      await expectAlike(copied, bytes);
    },
  );
});

describe('a copy', () => {
  it('is refused where a page is damaged, with a checksum or without', async () => {
    const path = join(duckdb.directory, 'source.parquet');
    await duckdb.run(
      `copy (select 'text ' || i as text from range(2000) t(i)) to '${path}' (format parquet, compression snappy)`,
    );
    const own = await parquetBytes(TRADES.schema, [TRADES]);
    for (const [bytes, code] of [
      [own, 'CRC_MISMATCH'],
      [new Uint8Array(readFileSync(path)), 'SNAPPY_CORRUPT'],
    ] as const) {
      const pages = pagesOf(bytes, 0, 0);
      const { offset, sizeBytes, body } = pages.at(-1)!;
      const broken = bytes.slice();
      // The length that snappy begins with.
      broken[offset + sizeBytes - body.length]! ^= 1;
      await expect(copyOf(broken)).rejects.toMatchObject({
        kind: 'corrupt',
        code,
        details: { rowGroup: 0, page: pages.length - 1, offset },
      });
    }
  });

  it('is refused where statistics of the file are not true', async () => {
    const page = { body: Buffer.from(BigInt64Array.of(1n, 2n, 3n).buffer), valueCount: 3 };
    const bound = (value: bigint) => Buffer.from(BigInt64Array.of(value).buffer);
    const statistics = { nulls: 0, min: bound(1n), max: bound(2n) };
    const bytes = hostileFile({ groups: [{ rows: 3, chunks: [{ pages: [page], statistics }] }] });
    await expect(copyOf(bytes)).rejects.toMatchObject({ kind: 'corrupt', code: 'STATS_MISMATCH' });
  });

  it('leaves out pages without values', async () => {
    const values = (...list: bigint[]) => ({
      body: Buffer.from(BigInt64Array.from(list).buffer),
      valueCount: list.length,
    });
    const pages = [values(), values(1n, 2n), values(), values(3n), values()];
    const bytes = hostileFile({ groups: [{ rows: 3, chunks: [{ pages }] }] });
    const copied = await copyOf(bytes, { options: { compression: 'none' } });
    expectLayout(copied, { rows: [1n, 2n, 3n].map((a) => ({ a })) });
    expect(pagesOf(copied, 0, 0).map(({ valueCount }) => valueCount)).toEqual([2, 1]);
  });

  it('has levels in the encoding that is written today, whatever the file has', async () => {
    // Ten levels, bit-packed from the most significant bit on: the fourth and the last two are null.
    const body = Buffer.concat([
      Buffer.of(0b1110_1111, 0b0000_0000),
      Buffer.from(BigInt64Array.of(1n, 2n, 3n, 4n, 5n, 6n, 7n).buffer),
    ]);
    const elements = oneColumn({ repetition: 1 });
    const bytes = hostileFile({
      elements,
      groups: [{ rows: 10, chunks: [{ pages: [{ body }], encodings: [0, 3, 4] }] }],
    });
    // The header says RLE twice; the first is that of definition levels.
    const at = Buffer.from(bytes).indexOf(Buffer.of(0x15, 0x06, 0x15, 0x06));
    bytes[at + 1] = 0x08;
    const rows = [1n, 2n, 3n, null, 4n, 5n, 6n, 7n, null, null].map((a) => ({ a }));
    const copied = await copyOf(bytes, { options: { compression: 'none' } });
    expect((await readAll(copied)).columns).toEqual((await readAll(bytes)).columns);
    expect(await rowsOf(copied)).toEqual(rows);
    expectLayout(copied, { rows });
  });

  it('is of whole row groups, that are there, of readers of this library', async () => {
    const bytes = await parquetBytes(TRADES.schema, [TRADES]);
    await expect(copyOf(bytes, { rowCount: 99 })).rejects.toThrow('a row group is copied as a whole');
    await expect(
      copyOf(bytes, { wrap: ({ column }) => ({ column }) as ParquetReader }),
    ).rejects.toMatchObject({
      kind: 'invalid',
    });
    const schema = { fields: [{ name: 'nothing', type: { kind: 'utf8' as const }, nullable: true }] };
    await expect(copyOf(bytes, { schema })).rejects.toMatchObject({
      kind: 'invalid',
      details: { column: 'nothing' },
    });
  });
});

/** What the pages of a column hold, as stored. */
function bodyOf(bytes: Uint8Array, name: string): Buffer {
  const column = Object.keys(COLUMNS).indexOf(name) * 2;
  return Buffer.concat(
    [0, 1].flatMap((rowGroup) => pagesOf(bytes, rowGroup, column).map(({ body }) => body)),
  );
}
