// `npm run bench-converter`: the same trades, as CSV and as Parquet, to partitions of days by the unified converter and by DuckDB.
import { errorText } from '@ticklake/core';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { tiersTable, type TierRace } from '../bench-tiers/tiers-table.js';
import { keepResults } from '../measure/keep-results.js';
import { machineFacts } from '../measure/machine-facts.js';
import { CONVERTER } from '../measure/programs.js';
import { runMeasured, type Usage } from '../measure/run-measured.js';
import type { DuckdbPartitionTask } from './duckdb-partition.js';
import { generateTrades } from './generate-trades.js';

const START_MS = Date.UTC(2024, 0, 1);
const DUCKDB = fileURLToPath(new URL('./duckdb-partition.js', import.meta.url));
const NAME = 'aggtrades_binance_BTCUSDT_consolidated';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    /** Trades of each race: 2,000,000 and 20,000,000 show what memory depends on. */
    rows: { type: 'string', multiple: true, default: ['2000000', '20000000'] },
    write: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);

const folder = await mkdtemp(join(tmpdir(), 'ticklake-converter-'));
try {
  const races: TierRace[] = [];
  for (const rows of values.rows.map(Number)) {
    const csv = await makeData(rows);
    races.push(await race('csv', csv, rows));
    const parquet = csv.replace(/csv$/, 'parquet');
    await duckdb({ file: csv, format: 'csv', output: parquet, partitioned: false });
    await rm(csv);
    races.push(await race('parquet', parquet, rows));
    await rm(join(folder, 'data'), { recursive: true });
  }
  const text = `${machineFacts()}; medians of ${rounds} rounds, each side once a round\n\n${tiersTable(races, 'rows')}\n`;
  process.stdout.write(text);
  if (values.write) await keepResults('bench-converter', 'Conversions', text);
} catch (error) {
  process.stderr.write(`${errorText(error)}\n`);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true });
}

/** A data directory with a bar, which every conversion needs, and so many trades; some 1.7 million a day. */
async function makeData(trades: number): Promise<string> {
  const data = join(folder, 'data');
  await mkdir(data);
  const bar = `timestamp,open,high,low,close,volume\n${START_MS},1,1,1,1,1\n`;
  await writeFile(join(data, 'klines_binance_BTCUSDT_1m_consolidated.csv'), bar);
  const path = join(data, `${NAME}.csv`);
  const text = Readable.from(generateTrades({ seed: 1, trades, startMs: START_MS, spacingMs: 50 }));
  await pipeline(text, createWriteStream(path));
  return path;
}

function duckdb(task: DuckdbPartitionTask): Promise<Usage> {
  return runMeasured(DUCKDB, [JSON.stringify(task)]);
}

async function race(format: 'csv' | 'parquet', file: string, entries: number): Promise<TierRace> {
  const ours: Usage[] = [];
  const theirs: Usage[] = [];
  for (let round = 0; round < rounds; round++) {
    const output = join(folder, 'output');
    ours.push(
      await runMeasured(CONVERTER, ['BTCUSDT', '--data-dir', join(folder, 'data'), '--output-dir', output]),
    );
    await rm(output, { recursive: true });
    theirs.push(await duckdb({ file, format, output, partitioned: true }));
    await rm(output, { recursive: true });
  }
  const { size: inputBytes } = await stat(file);
  return { name: format, program: 'unified-converter', entries, inputBytes, ours, duckdb: theirs };
}
