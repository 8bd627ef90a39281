// `npm run foreign-readers`: what our sink writes, read value by value by DuckDB, hyparquet and parquet-wasm.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDuckDb } from '../peers/open-duckdb.js';
import type { Tally } from '../peers/tally.js';
import { checkCase, foreignReaders } from './check-case.js';
import { missingEncodings, reportText } from './report.js';
import { sinkCases } from './sink-case.js';

const SHOWN_MAX = 40;

const directory = await mkdtemp(join(tmpdir(), 'ticklake-foreign-'));
const duckdb = await openDuckDb();
const tally: Tally = new Map();
const found: string[] = [];
const cases = sinkCases();
try {
  const readers = foreignReaders(duckdb, directory);
  for (const sinkCase of cases) found.push(...(await checkCase(sinkCase, { readers, tally })));
} finally {
  duckdb.close();
  await rm(directory, { recursive: true });
}
const absent = missingEncodings(tally);
process.stdout.write(`${reportText(tally)}\n\n`);
for (const what of found.slice(0, SHOWN_MAX)) process.stdout.write(`${what}\n`);
for (const what of absent) process.stdout.write(`no file has ${what}\n`);
process.stdout.write(`${cases.length} files, ${found.length} differences\n`);
process.exitCode = found.length === 0 && absent.length === 0 ? 0 : 1;
