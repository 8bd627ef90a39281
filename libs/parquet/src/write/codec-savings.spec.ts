import { textColumn, type Column, type RecordBatch, type Schema } from '@ticklake/columnar';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDuckDb, type DuckDbOracle } from '../spec-support/duckdb-oracle.js';
import type { ParquetSinkOptions } from './parquet-sink.js';
import { copyOf } from './spec-support/copied-file.js';
import { parquetBytes } from './spec-support/parquet-bytes.js';

const DOUBLE = { kind: 'float', bits: 64 } as const;
const SCHEMA: Schema = {
  fields: [
    { name: 'noise', type: DOUBLE, nullable: false },
    { name: 'ticks', type: DOUBLE, nullable: true },
    { name: 'either', type: DOUBLE, nullable: false },
    { name: 'word', type: { kind: 'utf8' }, nullable: false },
  ],
};
const ROWS = Array.from({ length: 1000 }, (_, row) => row);

/** Numbers of 32 bits that no codec finds anything in; the same for the same row. */
function noise(row: number): number {
  let x = Math.imul(row + 1, 0x9e3779b1);
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  return (x ^ (x >>> 13)) >>> 0;
}

// Two row groups: only the first has noise in `either`. The codes of words are noise, and their dictionary is not.
const words = Array.from({ length: 256 }, (_, i) => `a long word that hardly differs from the others ${i}`);
const COLUMNS: readonly Column[] = [
  { layout: 'fixed', values: Float64Array.from(ROWS, (row) => noise(row) + noise(row + 5000) / 2 ** 32) },
  {
    layout: 'fixed',
    values: Float64Array.from(ROWS, (row) => row % 5),
    validity: Uint8Array.from(ROWS, (row) => Number(row % 7 > 0)),
  },
  {
    layout: 'fixed',
    values: Float64Array.from(ROWS, (row) => (row < 500 ? noise(row) + noise(row + 5000) / 2 ** 32 : 1)),
  },
  textColumn(ROWS.map((row) => words[noise(row) % 256] as string)),
];
const BATCH: RecordBatch = { schema: SCHEMA, rowCount: 1000, columns: COLUMNS };
const OPTIONS = {
  ...{ compression: 'zstd', codecSavesMin: 1 / 8 },
  ...{ rowGroupRows: 500, pageRows: 125, dictionaryBytesMax: 1 << 16 },
  columns: {
    noise: { dictionaryBytesMax: 0 },
    ticks: { dictionaryBytesMax: 0 },
    either: { dictionaryBytesMax: 0 },
  },
} as const satisfies Partial<ParquetSinkOptions>;

let duckdb: DuckDbOracle;
beforeAll(async () => {
  duckdb = await openDuckDb();
});
afterAll(() => duckdb.close());

/** The codecs of all chunks, and how many rows are others than they should be, as DuckDB reads both. */
async function seenByDuckDb(options: Partial<ParquetSinkOptions>) {
  const file = join(duckdb.directory, 'saved.parquet');
  writeFileSync(file, await parquetBytes(SCHEMA, [BATCH], options));
  const plain = join(duckdb.directory, 'plain.parquet');
  writeFileSync(plain, await parquetBytes(SCHEMA, [BATCH], { compression: 'none' }));
  const text = async (sql: string) =>
    (await duckdb.columns(sql)).map((column) => column.map((hex) => Buffer.from(hex, 'hex').toString()))[0];
  return {
    codecs: await text(
      `SELECT path_in_schema || ' ' || string_agg(compression, ' ' ORDER BY row_group_id) AS codecs
       FROM parquet_metadata('${file}') GROUP BY path_in_schema, column_id ORDER BY column_id`,
    ),
    different: await text(`SELECT count(*)::VARCHAR FROM (FROM '${file}' EXCEPT ALL FROM '${plain}')`),
  };
}

it('leaves chunks uncompressed that a codec saves little of, each on its own', async () => {
  expect(await seenByDuckDb(OPTIONS)).toEqual({
    codecs: [
      'noise UNCOMPRESSED UNCOMPRESSED',
      'ticks ZSTD ZSTD',
      'either UNCOMPRESSED ZSTD',
      // Of its dictionary it saves enough for the pages too.
      'word ZSTD ZSTD',
    ],
    different: ['0'],
  });
});

it('compresses all where nothing has to be saved, of all columns or of one', async () => {
  const { codecSavesMin: _, ...always } = OPTIONS;
  const { codecs, different } = await seenByDuckDb(always);
  expect(codecs).toEqual(['noise', 'ticks', 'either', 'word'].map((name) => `${name} ZSTD ZSTD`));
  expect(different).toEqual(['0']);
  const columns = { ...OPTIONS.columns, noise: { ...OPTIONS.columns.noise, codecSavesMin: 0 } };
  expect((await seenByDuckDb({ ...OPTIONS, columns })).codecs?.slice(0, 3)).toEqual([
    'noise ZSTD ZSTD',
    'ticks ZSTD ZSTD',
    'either UNCOMPRESSED ZSTD',
  ]);
});

it('has the bytes of pages that were never compressed', async () => {
  const given = await parquetBytes(SCHEMA, [BATCH], { ...OPTIONS, codecSavesMin: 0.99 });
  expect(
    Buffer.compare(given, await parquetBytes(SCHEMA, [BATCH], { ...OPTIONS, compression: 'none' })),
  ).toBe(0);
});

it('is decided alike by a sink and by an encoder beside it', async () => {
  const bytes = await parquetBytes(SCHEMA, [BATCH], OPTIONS);
  for (const encoded of [[], SCHEMA.fields.map(({ name }) => name)])
    expect(Buffer.compare(await copyOf(bytes, { options: OPTIONS, encoded }), bytes)).toBe(0);
});

it.each([-0.1, 1, NaN])('refuses a share of %p', async (codecSavesMin) => {
  const expected = { kind: 'invalid' };
  await expect(parquetBytes(SCHEMA, [BATCH], { codecSavesMin })).rejects.toMatchObject(expected);
  const columns = { noise: { codecSavesMin } };
  await expect(parquetBytes(SCHEMA, [BATCH], { columns })).rejects.toMatchObject(expected);
});
