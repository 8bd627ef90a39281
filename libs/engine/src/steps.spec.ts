import type { RecordBatch } from '@ticklake/columnar';
import { equalBatches } from '@ticklake/columnar/testing';
import { parquetReadObjects } from 'hyparquet';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { differingRows, openDuckDb, type DuckDbOracle } from './spec-support/duckdb-oracle.js';
import { ARENA } from './spec-support/test-arena.js';
import { fileOf, mergeOf, openBytes, readBack, testFile, type TestMerge } from './spec-support/test-files.js';
import { keyedRows, sampleRows, sorted, whole, withKeys, SCHEMA } from './spec-support/test-rows.js';

let duckdb: DuckDbOracle;
beforeAll(async () => {
  duckdb = await openDuckDb();
});
afterAll(() => duckdb.close());
afterEach(() => expect(ARENA.usedBytes).toBe(0));

/** Row groups of files by their keys, `first` or `first:second`, and what of that is copied. */
const COPIES: readonly {
  readonly name: string;
  readonly files: readonly string[];
  readonly orderKeys?: 1 | 2;
  readonly copyRowsMin?: number;
  readonly copied: number;
}[] = [
  { name: 'all of one file', files: ['1 2|3 4|5'], copied: 5 },
  { name: 'all of disjoint files, in any order', files: ['7 8|9', '1 2|3 4', '5 6'], copied: 9 },
  { name: 'nothing of files that overlap', files: ['1 5', '2 7', '6 9'], copied: 0 },
  {
    name: 'what lies before, between and behind an overlap',
    files: ['1 2|5 9|12 13', '6 7|20 21'],
    copied: 6,
  },
  { name: 'nothing of a file within another', files: ['1 9', '3 4'], copied: 0 },
  { name: 'a row group that fits between two of another file', files: ['1 2|8 9', '4 5'], copied: 6 },
  { name: 'files that touch, in order', files: ['1 3', '3 5'], copied: 4 },
  { name: 'none that touch against the order of files', files: ['3 5', '1 3'], copied: 0 },
  {
    name: 'none that touch where a second key decides',
    files: ['1:0 3:9', '3:0 5:0'],
    orderKeys: 2,
    copied: 0,
  },
  { name: 'row groups of one file that touch', files: ['1:0 3:4|3:4 3:7|3:8 5:0'], orderKeys: 2, copied: 6 },
  {
    name: 'none where one of another file touches both',
    files: ['1:0 3:4|3:6 5:0', '3:5'],
    orderKeys: 2,
    copied: 0,
  },
  {
    name: 'none where the row group behind the next touches',
    files: ['1:0 3:4|3:6 5:0', '3:5 9:0'],
    orderKeys: 2,
    copied: 0,
  },
  { name: 'nothing of less than the least rows', files: ['1 2 3|4 5|6 7 8'], copyRowsMin: 3, copied: 6 },
  { name: 'nothing of an unsorted file', files: ['2 1|4 3', '7 8'], copied: 2 },
];

describe('copying', () => {
  it.each(COPIES)('takes $name', async ({ files: texts, orderKeys = 1, copyRowsMin = 1, copied }) => {
    const orderBy = ['ts_event', 'seq'].slice(0, orderKeys);
    const parts = texts.map(groupsOf);
    const files = await Promise.all(
      parts.map(async ({ batch, groupRows }, i) =>
        testFile(`f${i}`, await fileOf(batch, { groupRows }), { orderBy }),
      ),
    );
    const given: TestMerge = { orderBy, sequence: { after: 'ts_event', name: 'number' } };
    const { bytes, merged } = await mergeOf(files, { ...given, copyRowsMin });
    const anew = await mergeOf(files, given);
    expect(merged).toEqual({ ...anew.merged, copiedRows: copied });
    const found = await readBack(bytes);
    expect(equalBatches(found, await readBack(anew.bytes))).toBeUndefined();
    const rows = whole(
      SCHEMA,
      parts.map(({ batch }) => batch),
    );
    expect(equalBatches(withoutNumbers(found), sorted(rows, orderBy))).toBeUndefined();
  });

  it.each([
    ['another codec', { compression: 'zstd' }, SCHEMA],
    [
      'columns that may be null elsewhere',
      {},
      { fields: SCHEMA.fields.map((field, i) => (i < 2 ? field : { ...field, nullable: true })) },
    ],
  ] as const)('makes pages anew for %s, and the rows are the same', async (_, options, schema) => {
    const orderBy = ['ts_event'];
    const rows = sorted(keyedRows(50, { seed: 3 }), orderBy);
    const file = await testFile('a', await fileOf(rows, { rowGroupRows: 25, ...options }), { orderBy });
    const { bytes, merged } = await mergeOf([file], { schema, copyRowsMin: 1 });
    expect(merged.copiedRows).toBe(50);
    expect(equalBatches(await readBack(bytes), { ...rows, schema })).toBeUndefined();
    const reader = await openBytes(bytes);
    const codecs = reader.rowGroups.flatMap(({ columns }) => columns.map(({ codec }) => codec));
    expect(new Set(codecs)).toEqual(new Set(['SNAPPY']));
    reader.close();
  });

  it('keeps pages of flat columns as they are stored', async () => {
    const orderBy = ['ts_event'];
    const options = { rowGroupRows: 20, pageRows: 7, dictionaryBytesMax: 0 };
    const bytes = await fileOf(sorted(keyedRows(40, { seed: 5 }), orderBy), options);
    const file = await testFile('a', bytes, { orderBy });
    const output = await mergeOf([file], { copyRowsMin: 20, rowGroupRows: 1000 });
    // Options of the output would have made one page of each, and dictionaries.
    expect(await pagesOf(output.bytes)).toEqual(await pagesOf(bytes));
  });
});

const FOREIGN: Readonly<Record<string, string>> = {
  ts_event: '(1700000000000000 + i * 3)::BIGINT',
  price: 'CASE WHEN i % 7 = 0 THEN NULL ELSE (i % 100) / 4.0 END',
  venue: "CASE WHEN i % 5 = 0 THEN NULL ELSE 'venue-' || (i % 3) END",
  text: "'text-' || i",
  small: '(i % 100)::INTEGER',
  flag: 'i % 3 = 0',
  day: "DATE '2024-01-01' + (i % 30)::INTEGER",
  fee: '(i % 1000)::DECIMAL(18, 2)',
};

it.each(['v1', 'v2'])('copies files of DuckDB, %s, and other readers read them', async (version) => {
  const columns = Object.entries(FOREIGN).map(([name, sql]) => `${sql} as ${name}`);
  const inputs = [0, 1, 2].map((i) => join(duckdb.directory, `foreign-${version}-${i}.parquet`));
  for (const [i, path] of inputs.entries()) {
    const rows = `range(${i * 5000}, ${(i + 1) * 5000}) t(i)`;
    const options = `format parquet, compression snappy, parquet_version ${version}, row_group_size 2048`;
    await duckdb.run(`copy (select ${columns.join()} from ${rows}) to '${path}' (${options})`);
  }
  const orderBy = ['ts_event'];
  const files = await Promise.all(
    inputs.map((path, i) => testFile(`foreign-${version}-${i}`, readFileSync(path), { orderBy })),
  );
  const reader = await files[0]!.open();
  const { schema } = reader;
  reader.close();
  const { bytes, merged } = await mergeOf(files, { schema, copyRowsMin: 1, rowGroupRows: 10_000 });
  expect(merged.copiedRows).toBe(15_000);
  const output = duckdb.save('output', bytes);
  const check = { inputs, output, orderBy, columns: Object.keys(FOREIGN) };
  expect(await differingRows(duckdb, check)).toBe(0);
  const found = await parquetReadObjects({ file: bufferOf(bytes) });
  const expected = await Promise.all(files.map((one) => parquetReadObjects({ file: bufferOf(one.bytes) })));
  expect(found).toEqual(expected.flat());
  // The end of every chunk of text, which is stored alike here and there, is found again.
  for (const file of files) {
    const source = await file.open();
    for (const { columns: chunks } of source.rowGroups) {
      const { offset, sizeBytes } = chunks.find(({ name }) => name === 'text')!;
      const end = Buffer.from(file.bytes.subarray(offset + sizeBytes - 100, offset + sizeBytes));
      expect(Buffer.from(bytes).includes(end)).toBe(true);
    }
    source.close();
  }
});

/** Rows as a table says: row groups between bars. */
function groupsOf(text: string, seed: number): { readonly batch: RecordBatch; readonly groupRows: number[] } {
  const groups = text.split('|').map((group) => group.split(' ').map((key) => key.split(':').map(BigInt)));
  const keys = groups.flat();
  const batch = withKeys(
    sampleRows(keys.length, seed),
    keys.map(([first = 0n]) => first),
    keys.map(([, second = 0n]) => second),
  );
  return { batch, groupRows: groups.map((group) => group.length) };
}

/** How all chunks of flat columns are stored. */
async function pagesOf(bytes: Uint8Array): Promise<unknown> {
  const reader = await openBytes(bytes);
  const facts = reader.rowGroups.map(({ rowCount, columns }) => ({
    rowCount,
    sizes: columns
      .filter(({ name }) => name !== 'levels')
      .map(({ name, sizeBytes, encodings }) => ({ name, sizeBytes, encodings })),
  }));
  reader.close();
  return facts;
}

function withoutNumbers({ schema, rowCount, columns }: RecordBatch): RecordBatch {
  const at = schema.fields.findIndex(({ name }) => name === 'number');
  return { schema: { fields: schema.fields.toSpliced(at, 1) }, rowCount, columns: columns.toSpliced(at, 1) };
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer as ArrayBuffer;
}
