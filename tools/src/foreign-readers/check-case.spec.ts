import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDuckDb, type DuckDb } from '../peers/open-duckdb.js';
import type { Tally } from '../peers/tally.js';
import { checkCase, FOREIGN_READERS, foreignReaders, type ReadForeign } from './check-case.js';
import { missingEncodings, reportText } from './report.js';
import { sinkCases } from './sink-case.js';

let duckdb: DuckDb;
let directory: string;
let readers: ReadForeign;
beforeAll(async () => {
  duckdb = await openDuckDb();
  directory = await mkdtemp(join(tmpdir(), 'ticklake-foreign-'));
  readers = foreignReaders(duckdb, directory);
});
afterAll(async () => {
  duckdb.close();
  await rm(directory, { recursive: true });
});

const cases = sinkCases();
const named = (name: string) => {
  const found = cases.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no case ${name}`);
  return found;
};

it('has a case for each shape, style, codec and kind of nulls', () => {
  expect(new Set(cases.map(({ name }) => name)).size).toBe(6 * 3 * 3 * 4);
});

it.each([
  'flat, dictionary, snappy, nulls: half',
  'flat, delta, zstd, required',
  'flat, plain, none, nulls: all',
  'struct, plain, snappy, nulls: half',
  'list, dictionary, zstd, nulls: half',
  'map, delta, none, nulls: none',
  'list of lists, plain, zstd, nulls: half',
  'list of structs, dictionary, snappy, required',
])('%s: every reader gives what the sink was given', async (name) => {
  const tally: Tally = new Map();
  expect(await checkCase(named(name), { readers, tally })).toEqual([]);
  expect(reportText(tally)).toMatch(/parquet-wasm +44 /);
});

it.each(FOREIGN_READERS)('a value that %s has otherwise is found', async (reader) => {
  const altered: ReadForeign = {
    ...readers,
    [reader]: async (...args: Parameters<ReadForeign['duckdb']>) =>
      (await readers[reader](...args)).map((texts, i) => (i === 3 ? ['other', ...texts.slice(1)] : texts)),
  };
  const found = await checkCase(named('flat, plain, none, required'), { readers: altered, tally: new Map() });
  expect(found).toEqual([expect.stringContaining(`${reader}: column "c3"`)]);
});

it('an encoding that no file has is missed', () => {
  expect(missingEncodings(new Map())).toContain('DELTA_LENGTH_BYTE_ARRAY of utf8');
});
