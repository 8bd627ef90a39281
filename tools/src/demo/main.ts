// `npm run demo`: a made day of spool files becomes published, verified partitions.
import { addDays, dayOfMs, errorText, systemClock } from '@ticklake/core';
import { localStore } from '@ticklake/storage';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { COMPACTOR } from '../measure/programs.js';
import { generateSpool } from '../spool/generate-spool.js';
import { queryRows, tableText } from './query.js';

try {
  await demo();
} catch (error) {
  process.stderr.write(`${errorText(error)}\n`);
  process.exitCode = 1;
}

async function demo(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ticklake-demo-'));
  const [raw, compact] = [join(folder, 'raw'), join(folder, 'compact')];
  const day = addDays(dayOfMs(systemClock.nowMs()), -1);

  say(`1. A collector's spool: quotes and trades of ${day} in many small files.`);
  const made = await generateSpool({
    store: localStore(raw),
    seed: 1,
    layout: 'flat',
    exchange: 'binance',
    streams: ['bbo', 'trade'],
    symbols: ['BTCUSDT'],
    days: [day],
    filesPerDay: 288,
    rowsPerFile: 200,
  });
  print(`${made.fileCount} files, ${made.rowCount} rows, ${made.sizeBytes} bytes below ${raw}`);

  say('2. Compact: one sorted data.parquet per partition, with a receipt that no row was lost.');
  compactor('run', '--raw', raw, '--compact', compact, '--mode', 'single', '--date', day);

  say('3. Verify: read everything back, every page checksum, and add up the sources again.');
  compactor('verify', '--compact', compact, '--raw', raw, '--against-sources', '--date', day);

  say('4. The last days at a glance.');
  compactor('--quality-report', '--compact', compact);

  await showPublished({ raw, compact });
}

async function showPublished({ raw, compact }: { raw: string; compact: string }): Promise<void> {
  const store = localStore(compact);
  let first: string | undefined;
  say('5. What was published.');
  for await (const { key, size } of store.list('')) {
    if (!key.includes('/date=')) continue;
    print(`${key}  ${size} bytes`);
    if (key.endsWith('data.parquet')) first ??= join(compact, key);
  }
  if (first === undefined) throw new Error('nothing was published');
  const meta = JSON.parse(await readFile(join(first, '..', 'meta.json'), 'utf8')) as Record<string, unknown>;
  print(`\n${relative(compact, join(first, '..', 'meta.json'))}:`);
  for (const [name, value] of Object.entries(meta)) print(`  ${name}: ${excerpt(value)}`);

  say('6. The same file by somebody else: DuckDB.');
  // DuckDB would let the folder names stand in for the columns of the same name.
  const quoted = (path: string) => `'${path.replaceAll("'", "''")}', hive_partitioning = false`;
  const table = `read_parquet(${quoted(first)})`;
  const spool = `read_parquet(${quoted(join(raw, 'exchange=binance/stream=bbo/**/*.parquet'))})`;
  const sums = `SELECT count(*) AS rows, (SELECT count(*) FROM ${spool}) AS rows_in_the_spool, min(seq) AS first_seq, max(seq) AS last_seq FROM ${table}`;
  const look = `SELECT ts_event, seq, symbol, bid_price, bid_qty, ask_price, ask_qty FROM ${table} ORDER BY seq LIMIT 5`;
  for (const sql of [sums, look]) print(`${tableText(await queryRows(sql))}\n`);
  print(`Look for yourself:\n  duckdb -c "${look}"`);
  print(`All of it stands in ${join(compact, '..')}; remove that folder when you have seen enough.`);
}

function compactor(...args: readonly string[]): void {
  print(`$ ticklake-compactor ${args.join(' ')}`);
  const { status, error } = spawnSync(process.execPath, [COMPACTOR, ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`ticklake-compactor ended with exit code ${status}`);
}

/** A value of meta.json on one line; long ones are cut, which the demo says. */
function excerpt(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= 100 ? text : `${text.slice(0, 100)}… (${text.length} characters)`;
}

function say(text: string): void {
  print(`\n${text}\n`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
