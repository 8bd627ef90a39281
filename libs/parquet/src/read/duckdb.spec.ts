import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDuckDb, type DuckDbOracle } from '../spec-support/duckdb-oracle.js';
import { readAll } from '../spec-support/read-all.js';

/** A value for row `i` of every type DuckDB writes and we carry. */
const COLUMNS: Readonly<Record<string, string>> = {
  bool: '(h(i) % 3 = 0)',
  i8: '(h(i) % 256 - 128)::TINYINT',
  i16: '(h(i) % 65536 - 32768)::SMALLINT',
  i32: '(h(i) % 4294967296 - 2147483648)::INTEGER',
  i64: '((h(i) // 2)::BIGINT - 4611686018427387904 + i)',
  u8: '(h(i) % 256)::UTINYINT',
  u16: '(h(i) % 65536)::USMALLINT',
  u32: '(h(i) % 4294967296)::UINTEGER',
  u64: 'h(i)::UBIGINT',
  small: '(1700000000000 + i * 3)::BIGINT',
  few: "('symbol-' || (h(i) % 5))",
  text: "('ключ ' || h(i) || chr(128512))",
  empty: "(CASE WHEN i % 2 = 0 THEN '' ELSE 'x' END)",
  blob: "encode('b' || h(i))",
  f32: '(h(i) / 7.0)::FLOAT',
  f64: "(CASE i % 11 WHEN 0 THEN 'nan'::DOUBLE WHEN 1 THEN '-inf'::DOUBLE WHEN 2 THEN -0.0::DOUBLE ELSE h(i) / 3.0 END)",
  day: "(DATE '1969-06-01' + (h(i) % 40000)::INTEGER)",
  clock: "(TIME '00:00:00' + to_microseconds((h(i) % 86400000000)::BIGINT))",
  ts: 'make_timestamp((h(i) % 4000000000000000)::BIGINT - 2000000000000000)',
  ts_ms: 'make_timestamp((h(i) % 4000000000000)::BIGINT * 1000)::TIMESTAMP_MS',
  ts_ns: 'make_timestamp_ns((h(i) // 4)::BIGINT)',
  ts_tz: 'make_timestamp((h(i) % 4000000000000000)::BIGINT)::TIMESTAMPTZ',
  dec4: '((h(i) % 1000)::BIGINT / 100)::DECIMAL(4, 2)',
  dec18: '((h(i) % 1000000000000)::BIGINT - 500000000000)::DECIMAL(18, 3)',
  dec38: '((h(i) // 2)::HUGEINT * -1000000)::DECIMAL(38, 5)',
  uuid: 'md5(i::VARCHAR)::UUID',
  list: '(CASE i % 4 WHEN 0 THEN [] WHEN 1 THEN [i, NULL] ELSE range((i % 5)::BIGINT) END)',
  struct: "{'a': i, 'b': CASE WHEN i % 3 = 0 THEN NULL ELSE 's' || i END}",
  deep: "[{'k': [i], 'v': NULL::INTEGER}, NULL, {'k': NULL, 'v': (i % 100)::INTEGER}]",
  map: "MAP {'a' || i: i, 'b': NULL}",
};

let duckdb: DuckDbOracle;
beforeAll(async () => {
  duckdb = await openDuckDb();
  await duckdb.run('CREATE MACRO h(x) AS hash(x)::HUGEINT');
});
afterAll(() => duckdb.close());

async function expectSame(
  name: string,
  { query, options }: { query: string; options: string },
  rowsMax: number,
) {
  const file = join(duckdb.directory, `${name}.parquet`);
  await duckdb.run(`COPY (${query}) TO '${file}' (FORMAT parquet, ${options})`);
  const ours = await readAll(readFileSync(file), rowsMax);
  const theirs = await duckdb.columns(`SELECT * FROM read_parquet('${file}')`);
  ours.fields.forEach((field, i) => {
    const expected = theirs[i] ?? [];
    const actual = ours.columns[i] ?? [];
    // Comparing whole arrays with expect() takes minutes.
    const row = actual.findIndex((value, at) => value !== expected[at]);
    expect([field.name, actual.length, row, actual[row]]).toEqual([
      field.name,
      expected.length,
      -1,
      undefined,
    ]);
  });
}

const CODECS = ['uncompressed', 'snappy', 'zstd', 'gzip', 'lz4_raw', 'brotli'];

it.each(CODECS.flatMap((codec) => ['v1', 'v2'].map((version) => [codec, version] as const)))(
  'every type from DuckDB, %s %s, with and without nulls',
  async (codec, version) => {
    const entries = Object.entries(COLUMNS);
    const plain = entries.map(([name, sql]) => `${sql} AS ${name}`);
    const nullable = entries.map(
      ([name, sql]) => `CASE WHEN h(i + 7) % 4 = 0 THEN NULL ELSE ${sql} END AS ${name}_n`,
    );
    const query = `SELECT ${[...plain, ...nullable].join()} FROM range(3000) t(i)`;
    const options = `COMPRESSION ${codec}, PARQUET_VERSION ${version}, ROW_GROUP_SIZE 2048`;
    await expectSame(`all-${codec}-${version}`, { query, options }, 777);
  },
);

it('any columns, nulls, sizes and batch lengths', async () => {
  const cases = fc.record({
    names: fc.uniqueArray(fc.constantFrom(...Object.keys(COLUMNS)), { minLength: 1, maxLength: 4 }),
    rows: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 6000 })),
    distinct: fc.constantFrom(1, 2, 3, 300, 100_000),
    nullEvery: fc.constantFrom(0, 1, 2, 9, 1000),
    codec: fc.constantFrom(...CODECS),
    version: fc.constantFrom('v1', 'v2'),
    dictionary: fc.constantFrom(0, 10, 1_000_000),
    rowGroup: fc.constantFrom(2048, 4096),
    rowsMax: fc.integer({ min: 1, max: 5000 }),
  });
  let n = 0;
  const check = async (given: typeof cases extends fc.Arbitrary<infer T> ? T : never) => {
    const columns = given.names.map((name) => {
      const value = COLUMNS[name] ?? '';
      return given.nullEvery === 0
        ? `${value} AS ${name}`
        : `CASE WHEN r % ${given.nullEvery} = 0 THEN NULL ELSE ${value} END AS ${name}`;
    });
    const rows = `(SELECT i AS r, i % ${given.distinct} AS i FROM range(${given.rows}) t(i))`;
    await expectSame(
      `random-${n++}`,
      {
        query: `SELECT ${columns.join()} FROM ${rows}`,
        options: `COMPRESSION ${given.codec}, PARQUET_VERSION ${given.version}, ROW_GROUP_SIZE ${given.rowGroup}, DICTIONARY_SIZE_LIMIT ${given.dictionary}`,
      },
      given.rowsMax,
    );
  };
  await fc.assert(fc.asyncProperty(cases, check), { numRuns: 80 });
});

it('a byte order mark stays', async () => {
  const file = join(duckdb.directory, 'bom.parquet');
  await duckdb.run(`COPY (SELECT chr(65279) || i AS bom FROM range(10) t(i)) TO '${file}' (FORMAT parquet)`);
  const { columns } = await readAll(readFileSync(file));
  // DuckDB's own binding drops the mark from strings, so the bytes are asked for.
  expect(columns).toEqual(await duckdb.columns(`SELECT encode(bom) FROM read_parquet('${file}')`));
});
