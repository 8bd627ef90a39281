import { textColumn, type Column, type Field, type RecordBatch, type Schema } from '@ticklake/columnar';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDuckDb, type DuckDbOracle } from '../spec-support/duckdb-oracle.js';
import { ARENA } from '../spec-support/test-arena.js';
import type { ColumnOptions } from './column-options.js';
import { openRowGroupEncoder } from './row-group-encoder.js';
import { copyOf } from './spec-support/copied-file.js';
import { parquetBytes, SMALL } from './spec-support/parquet-bytes.js';

const INT64 = { kind: 'int', bits: 64, signed: true } as const;
const SCHEMA: Schema = {
  fields: [
    { name: 'id', type: INT64, nullable: false },
    { name: 'price', type: { kind: 'float', bits: 64 }, nullable: false },
    { name: 'side', type: { kind: 'utf8' }, nullable: false },
    {
      name: 'levels',
      type: { kind: 'nested', shape: 'list', children: [{ name: 'element', type: INT64, nullable: false }] },
      nullable: false,
    },
  ],
};
const ROWS = Array.from({ length: 250 }, (_, i) => i);
const COLUMNS: readonly Column[] = [
  { layout: 'fixed', values: BigInt64Array.from(ROWS, (i) => BigInt(i)) },
  { layout: 'fixed', values: Float64Array.from(ROWS, (i) => (i % 5) / 2) },
  textColumn(ROWS.map((i) => (i % 3 === 0 ? 'buy' : 'sell'))),
  { layout: 'nested', values: ROWS.map((i) => [BigInt(i % 7), 1n]) },
];
const BATCH: RecordBatch = { schema: SCHEMA, rowCount: 250, columns: COLUMNS };
const MIXED: ColumnOptions = {
  ...{ compression: 'zstd', zstdLevel: 3, dictionaryBytesMax: 1 << 16 },
  columns: {
    id: { compression: 'none' },
    price: { dictionaryBytesMax: 0 },
    side: { compression: 'snappy', dictionaryBytesMax: 0 },
    levels: { zstdLevel: 9 },
  },
};

let duckdb: DuckDbOracle;
beforeAll(async () => {
  duckdb = await openDuckDb();
});
afterAll(() => duckdb.close());

describe('columns with options of their own', () => {
  it('are stored so, as DuckDB sees it, and have the same values', async () => {
    const file = join(duckdb.directory, 'mixed.parquet');
    writeFileSync(file, await parquetBytes(SCHEMA, [BATCH], MIXED));
    const plain = join(duckdb.directory, 'plain.parquet');
    writeFileSync(plain, await parquetBytes(SCHEMA, [BATCH]));
    const facts = await duckdb.columns(
      `SELECT DISTINCT path_in_schema || ' ' || compression || ' ' || encodings AS fact FROM parquet_metadata('${file}') ORDER BY fact`,
    );
    expect(facts[0]?.map((hex) => Buffer.from(hex, 'hex').toString())).toEqual([
      'id UNCOMPRESSED DELTA_BINARY_PACKED, RLE',
      'levels, list, element ZSTD DELTA_BINARY_PACKED, RLE',
      'price ZSTD PLAIN, RLE',
      'side SNAPPY DELTA_LENGTH_BYTE_ARRAY, RLE',
    ]);
    const different = `(FROM '${file}' EXCEPT ALL FROM '${plain}')`;
    expect(await duckdb.columns(`SELECT count(*)::VARCHAR FROM ${different}`)).toEqual([
      [Buffer.from('0').toString('hex')],
    ]);
  });

  it('are of the same bytes whether a sink or an encoder beside it makes their chunks', async () => {
    const bytes = await parquetBytes(SCHEMA, [BATCH], MIXED);
    // Pages that are as they are to be are copied, all others made anew.
    for (const source of [bytes, await parquetBytes(SCHEMA, [BATCH], { compression: 'none' })])
      expect(Buffer.compare(await copyOf(source, { options: MIXED }), bytes)).toBe(0);
  });

  it('may be of others than an encoder is given, which makes some columns of a file', async () => {
    const [id] = SCHEMA.fields as [Field];
    const encoder = await openRowGroupEncoder(ARENA, { fields: [id] }, { ...SMALL, ...MIXED });
    encoder.release();
    const bad = openRowGroupEncoder(ARENA, { fields: [] }, { ...SMALL, compression: 'zstd', zstdLevel: 99 });
    await expect(bad).rejects.toMatchObject({ kind: 'invalid' });
  });

  it('without any of their own are stored as all are', async () => {
    const one = await parquetBytes(SCHEMA, [BATCH], { columns: {} });
    const other = await parquetBytes(SCHEMA, [BATCH], { columns: { id: {} } });
    expect(Buffer.compare(one, await parquetBytes(SCHEMA, [BATCH]))).toBe(0);
    expect(Buffer.compare(one, other)).toBe(0);
  });

  it.each([
    ['one that is not in the schema', { volume: { compression: 'none' } }],
    ['one that every object has', { constructor: {} }],
    ['a limit below nothing', { id: { dictionaryBytesMax: -1 } }],
    ['a level that is none', { id: { compression: 'zstd', zstdLevel: 23 } }],
  ] as const)('are refused: %s', async (_, columns) => {
    await expect(parquetBytes(SCHEMA, [BATCH], { columns })).rejects.toMatchObject({ kind: 'invalid' });
  });
});
