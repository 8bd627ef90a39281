import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { Table, tableToIPC, Utf8, vectorFromArray, Int64, Float64 } from 'apache-arrow';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Table as WasmTable, writeParquet, WriterPropertiesBuilder } from 'parquet-wasm';
import { textColumn, valueAt, type RecordBatch } from '@ticklake/columnar';
import { fileSource } from '@ticklake/parquet/testing';
import { predicatesOf, type Filter } from './filter.js';
import { scanParquet } from './scan-parquet.js';
import { parquetBytes, withReader } from './spec-support/files.js';

const ROWS = 20_000;
const directory = mkdtempSync(join(tmpdir(), 'ticklake-scan-'));
let instance: DuckDBInstance;
let connection: DuckDBConnection;

/** Long ones differ behind where writers cut their bounds. */
const TEXTS = Array.from({ length: 50 }, (_, i) =>
  i % 5 === 0 ? `${'long '.repeat(30)}${i}` : `ключ 😀 ${i}`,
);
const ids = Array.from({ length: ROWS }, (_, i) => BigInt(i));
const numbers = ids.map((_, i) =>
  i % 7 === 0 || (i > 5_000 && i < 7_000) ? null : BigInt((i * 7_919) % 1_000),
);
const floats = ids.map((_, i) => Math.sin(i) * 1_000);
const texts = ids.map((_, i) => (i % 11 === 0 ? null : TEXTS[Math.floor(i / 400)]!));

function ownBatch(): RecordBatch {
  const validity = Uint8Array.from(numbers, (one) => (one === null ? 0 : 1));
  return {
    schema: {
      fields: [
        { name: 'id', type: { kind: 'int', bits: 64, signed: true }, nullable: false },
        { name: 'number', type: { kind: 'int', bits: 64, signed: true }, nullable: true },
        { name: 'value', type: { kind: 'float', bits: 64 }, nullable: false },
        { name: 'text', type: { kind: 'utf8' }, nullable: true },
      ],
    },
    rowCount: ROWS,
    columns: [
      { layout: 'fixed', values: BigInt64Array.from(ids) },
      { layout: 'fixed', values: BigInt64Array.from(numbers, (one) => one ?? 0n), validity },
      { layout: 'fixed', values: Float64Array.from(floats) },
      textColumn(texts),
    ],
  };
}

function hyparquetFile(): Uint8Array {
  const indexed = { columnIndex: true, offsetIndex: true };
  return new Uint8Array(
    parquetWriteBuffer({
      ...{ rowGroupSize: 5_000, pageSize: 2_000 },
      columnData: [
        { name: 'id', type: 'INT64', data: ids, ...indexed },
        { name: 'number', type: 'INT64', data: numbers, ...indexed },
        { name: 'value', type: 'DOUBLE', data: floats, ...indexed },
        { name: 'text', type: 'STRING', data: texts, ...indexed },
      ],
    }),
  );
}

/** Of the Rust writer, which cuts the bounds of texts. */
function rustFile(): Uint8Array {
  const table = new Table({
    id: vectorFromArray(ids, new Int64()),
    number: vectorFromArray(numbers, new Int64()),
    value: vectorFromArray(floats, new Float64()),
    text: vectorFromArray(texts, new Utf8()),
  });
  const properties = new WriterPropertiesBuilder()
    .setMaxRowGroupSize(6_000)
    .setDataPageSizeLimit(2_000)
    .setWriteBatchSize(100)
    .setColumnDictionaryEnabled('text', false)
    .setColumnDictionaryEnabled('id', false)
    .build();
  return writeParquet(WasmTable.fromIPCStream(tableToIPC(table, 'stream')), properties);
}

const FILES: Readonly<Record<string, () => Promise<Uint8Array>>> = {
  ours: () =>
    parquetBytes(ownBatch(), { rowGroupRows: 8_000, pageRows: 500, sortingColumns: ['id', 'text'] }),
  'hyparquet-writer': () => Promise.resolve(hyparquetFile()),
  'the Rust writer': () => Promise.resolve(rustFile()),
  DuckDB: async () => {
    const from = join(directory, 'ours.parquet');
    const to = join(directory, 'copy.parquet');
    await connection.run(
      `COPY (FROM '${from}' ORDER BY id) TO '${to}' (FORMAT parquet, ROW_GROUP_SIZE 4096)`,
    );
    return readFileSync(to);
  },
};

beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  connection = await instance.connect();
  for (const [name, make] of Object.entries(FILES)) {
    writeFileSync(join(directory, `${name}.parquet`), await make());
  }
});

afterAll(() => {
  connection.closeSync();
  instance.closeSync();
  rmSync(directory, { recursive: true });
});

/** Rows as texts; the fewer of them are left, the more is passed over. */
async function scan(file: string, filters: readonly Filter[]) {
  const source = fileSource(readFileSync(join(directory, `${file}.parquet`)));
  const rows: string[] = [];
  const pages = { all: 0, read: 0 };
  await withReader({ source, wholeBytesMax: 0 }, async (reader) => {
    const predicates = predicatesOf(filters, reader.schema);
    const onPages = (one: { pages: number; pagesRead: number }) => {
      pages.all += one.pages;
      pages.read += one.pagesRead;
    };
    const columns = ['text', 'id', 'number'];
    for await (const batch of scanParquet(reader, { columns, predicates, batchRows: 1_000, onPages })) {
      for (let row = 0; row < batch.rowCount; row++) {
        const values = batch.columns.map((column) => valueAt(column, row));
        rows.push(
          values
            .map((one) => (one instanceof Uint8Array ? Buffer.from(one).toString() : String(one)))
            .join('|'),
        );
      }
    }
  });
  return { rows, pages };
}

const CASES: readonly (readonly [string, readonly Filter[]])[] = [
  ['id = 7777', [['id', '=', 7_777]]],
  ['id BETWEEN 3990 AND 8010', [['id', 'between', [3_990n, 8_010]]]],
  ['id >= 19990', [['id', '>=', 19_990]]],
  ['id IN (0, 9999, 19999)', [['id', 'in', [0, 9_999n, 19_999]]]],
  ['number = 500', [['number', '=', 500]]],
  ['number <> 500', [['number', '!=', 500n]]],
  [
    'number < 3 AND id > 5500',
    [
      ['number', '<', 3],
      ['id', '>', 5_500],
    ],
  ],
  ['value > 999.99', [['value', '>', 999.99]]],
  [
    'value <= -999.99 AND number >= 100',
    [
      ['value', '<=', -999.99],
      ['number', '>=', 100],
    ],
  ],
  [`text = '${TEXTS[5]}'`, [['text', '=', TEXTS[5]!]]],
  [`text = '${TEXTS[5]} '`, [['text', '=', `${TEXTS[5]} `]]],
  [
    `text > '${TEXTS[10]}' AND text < 'm'`,
    [
      ['text', '>', TEXTS[10]!],
      ['text', '<', 'm'],
    ],
  ],
  [
    `text IN ('${TEXTS[3]}', 'x') AND id < 1500`,
    [
      ['text', 'in', [TEXTS[3]!, 'x']],
      ['id', '<', 1_500],
    ],
  ],
  [
    `text <> '${TEXTS[7]}' AND number BETWEEN 10 AND 20`,
    [
      ['text', '!=', TEXTS[7]!],
      ['number', 'between', [10, 20]],
    ],
  ],
];

describe.each(Object.keys(FILES))('of a file that %s wrote', (file) => {
  it.each(CASES)('leaves the rows that DuckDB leaves: %s', async (where, filters) => {
    const path = join(directory, `${file}.parquet`);
    const result = await connection.runAndReadAll(
      `SELECT text, id, number FROM read_parquet('${path}') WHERE ${where} ORDER BY id`,
    );
    const expected = result.getRows().map((row) => row.map(String).join('|'));
    const { rows } = await scan(file, filters);
    expect(rows).toEqual(expected);
  });
});

it.each<[string, readonly Filter[]]>([
  ['ours', [['id', '=', 7_777]]],
  ['hyparquet-writer', [['id', '=', 7_777]]],
  ['the Rust writer', [['id', '=', 7_777]]],
  // Longer than the bounds that this writer keeps, which pages of other such texts have as well.
  ['the Rust writer', [['text', '=', TEXTS[5]!]]],
])('pages are passed over in a file of %s, by %j', async (file, filters) => {
  const { rows, pages } = await scan(file, filters);
  expect(rows.length).toBeGreaterThan(0);
  expect(pages.read).toBeGreaterThan(0);
  expect(pages.read).toBeLessThan(pages.all);
});
