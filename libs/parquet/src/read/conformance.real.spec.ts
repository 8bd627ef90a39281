import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { typeText } from '@ticklake/columnar';
import { openDuckDb, type DuckDbOracle } from '../spec-support/duckdb-oracle.js';
import { outcome, readAll } from '../spec-support/read-all.js';

const data = process.env.TICKLAKE_DATA;
const suite = data === undefined && process.env.CI === undefined ? describe.skip : describe;

/** Good files we do not read, and why. */
const REFUSED: Readonly<Record<string, string>> = {
  'hadoop_lz4_compressed.parquet': 'UNSUPPORTED', // the codec LZ4, which names three framings
  'hadoop_lz4_compressed_larger.parquet': 'UNSUPPORTED',
  'non_hadoop_lz4_compressed.parquet': 'UNSUPPORTED',
  'ARROW-17100.parquet': 'PAGE_CORRUPT', // its uncompressed page has two sizes; DuckDB and hyparquet refuse it too
};

/** DuckDB gives these types in a form of its own, where we keep the stored bytes or structs. */
const OWN_FORM = /^\?DuckDB(Geometry|Variant)Value/;

interface Entry {
  readonly path: string;
  readonly name: string;
  readonly rows: readonly string[];
  readonly readByDuckDb: boolean;
}

function oracleEntries(root: string): Entry[] {
  const lines = readFileSync(join(root, 'ORACLE.tsv'), 'utf8').trim().split('\n').slice(1);
  return lines.map((line) => {
    const [path = '', , duckdb = '', hyparquet = ''] = line.split('\t');
    const rows = [duckdb, hyparquet].flatMap((said) => /^OK (rows=\d+)/.exec(said)?.[1] ?? []);
    return { path, name: path.split('/').at(-1) ?? '', rows, readByDuckDb: duckdb.startsWith('OK') };
  });
}

suite('real files', () => {
  const root = data ?? '';
  const entries = data === undefined ? [] : oracleEntries(root);
  const good = entries.filter(
    ({ path }) => !path.includes('/bad_data/') && !path.startsWith('spool-corrupt/'),
  );
  let duckdb: DuckDbOracle;
  beforeAll(async () => {
    duckdb = await openDuckDb();
  });
  afterAll(() => duckdb.close());

  it('good files have the rows the oracles count', async () => {
    expect(good.length).toBeGreaterThan(200);
    const differing: unknown[] = [];
    for (const { path, name, rows } of good) {
      const said = await outcome(readFileSync(join(root, path)));
      const expected = REFUSED[name] ?? rows[0];
      if (said !== expected) differing.push([path, said, expected]);
    }
    expect(differing).toEqual([]);
  });

  it('bad files are refused with a code, or have the rows an oracle counts', async () => {
    const bad = entries.filter(({ path }) => path.includes('/bad_data/'));
    expect(bad.length).toBeGreaterThan(100);
    const differing: unknown[] = [];
    for (const { path, rows } of bad) {
      const said = await outcome(readFileSync(join(root, path)));
      if (said.startsWith('rows=') && !rows.includes(said)) differing.push([path, said, rows]);
    }
    expect(differing).toEqual([]);
  });

  it('values equal those DuckDB reads', async () => {
    const differing: unknown[] = [];
    let compared = 0;
    for (const { path, name, readByDuckDb } of good) {
      if (!readByDuckDb || REFUSED[name] !== undefined) continue;
      const file = join(root, path);
      const ours = await readAll(readFileSync(file), 4_000);
      const theirs = await duckdb.columns(`SELECT * FROM read_parquet('${file}', hive_partitioning = false)`);
      ours.fields.forEach((field, i) => {
        const expected = theirs[i] ?? [];
        const actual = ours.columns[i] ?? [];
        const float16 = field.type.kind === 'bytes' && field.type.sizeBytes === 2;
        if (float16 || expected.some((value) => OWN_FORM.test(value))) return;
        compared++;
        const row = actual.findIndex((value, at) => value !== expected[at]);
        if (row >= 0 || actual.length !== expected.length) {
          differing.push([
            name,
            field.name,
            typeText(field.type),
            row,
            actual[row]?.slice(0, 99),
            expected[row]?.slice(0, 99),
          ]);
        }
      });
    }
    expect(compared).toBeGreaterThan(1_500);
    expect(differing).toEqual([]);
  });
});
