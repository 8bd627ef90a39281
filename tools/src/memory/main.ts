// `npm run memory [-- --nightly --write]`: partitions of many sizes and shapes are compacted within one memory budget.
import { errorText, parseUtcDay, systemClock } from '@ticklake/core';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { markdownTable } from '../bench/markdown-table.js';
import { keepResults } from '../measure/keep-results.js';
import { machineFacts } from '../measure/machine-facts.js';
import { COMPACTOR, MEASURABLE } from '../measure/programs.js';
import { runMeasured, type Usage } from '../measure/run-measured.js';
import { mib, seconds } from '../measure/units.js';
import { generateLargeSpool } from '../spool/generate-large-spool.js';
import { NIGHTLY, SHAPES, type Shape } from './shapes.js';
import { PEAK_MAX_BYTES, SPREAD_MAX, violationsOf, type Peak } from './violations.js';

const DAY = parseUtcDay('2026-02-03');
const PARTITION = 'exchange=binance/stream=bbo/symbol=btcusdt/date=20260203';
const COLUMNS = ['partition', 'rows', 'files', 'command', 'wall s', 'cpu s', 'peak RSS MiB'];

const { values } = parseArgs({
  options: {
    nightly: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    compression: { type: 'string', default: 'zstd' },
  },
});

try {
  await measureAll();
} catch (error) {
  process.stderr.write(`${errorText(error)}\n`);
  process.exitCode = 1;
}

async function measureAll(): Promise<void> {
  const startMs = systemClock.nowMs();
  const peaks: Peak[] = [];
  const rows: string[][] = [];
  for (const shape of values.nightly ? [...SHAPES, ...NIGHTLY] : SHAPES) {
    for (const [command, usage] of Object.entries(await measure(shape))) {
      peaks.push({ shape, command, peakRssBytes: usage.peakRssBytes });
      const { name, rows: rowCount, files } = shape;
      const { wallMs, cpuMs, peakRssBytes } = usage;
      rows.push(
        [name, rowCount, files, command, seconds(wallMs), seconds(cpuMs), mib(peakRssBytes)].map(String),
      );
    }
  }
  const violations = violationsOf(peaks);
  const allowed = `Allowed: ${mib(PEAK_MAX_BYTES)} MiB, and for runs that differ in their rows alone ${SPREAD_MAX} times the lowest; ${violations.length} violations.`;
  const took = `${((systemClock.nowMs() - startMs) / 1000).toFixed(0)} s. ${machineFacts()}`;
  const text = `${markdownTable(COLUMNS, rows)}\n\n${allowed}\n\n${took}\n`;
  process.stdout.write(text);
  for (const line of violations) process.stderr.write(`broken: ${line}\n`);
  if (violations.length > 0) process.exitCode = 1;
  if (values.write) await keepResults('memory', 'Memory', text);
}

/** Compacts a day of this shape, and verifies what came of it against its sources. */
async function measure({ rows, files, overlap, openFilesMax }: Shape): Promise<Record<string, Usage>> {
  const folder = await mkdtemp(join(tmpdir(), 'ticklake-memory-'));
  try {
    const [raw, compact] = [join(folder, 'raw'), join(folder, 'compact')];
    const spool = { directory: raw, layout: 'dated', day: DAY, rowGroupRows: 8192 } as const;
    const { rowCount } = await generateLargeSpool({ ...spool, rows, files, overlap });
    const stores = ['--raw', raw, '--compact', compact, '--date', DAY];
    const how = ['--mode', 'single', '--memory', '512MiB', '--compression', values.compression];
    const options = openFilesMax === undefined ? {} : { openFilesMax };
    const run = await runMeasured(COMPACTOR, ['run', ...stores, ...how, ...MEASURABLE], options);
    const verify = await runMeasured(COMPACTOR, ['verify', ...stores, '--against-sources'], options);
    const meta = await readFile(join(compact, PARTITION, 'meta.json'), 'utf8');
    const { row_count: published } = JSON.parse(meta) as { row_count: number };
    if (published !== rowCount) throw new Error(`${published} of ${rowCount} rows were published`);
    return { run, verify };
  } finally {
    await rm(folder, { recursive: true });
  }
}
