// `npm run memory`: a partition of ten million rows in a thousand files is compacted within its memory budget.
import { errorText, parseUtcDay } from '@ticklake/core';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { tableText } from '../demo/query.js';
import { machineFacts } from '../measure/machine-facts.js';
import { COMPACTOR, MEASURABLE } from '../measure/programs.js';
import { runMeasured } from '../measure/run-measured.js';
import { mib, seconds } from '../measure/units.js';
import { generateLargeSpool } from '../spool/generate-large-spool.js';

const DAY = parseUtcDay('2026-02-03');
const PARTITION = 'exchange=binance/stream=bbo/symbol=btcusdt/date=20260203';
/** What the process may hold when told `--memory 512MiB`: the budget, the program itself, and the garbage. */
const PEAK_MAX_BYTES = 768 * 2 ** 20;

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '10000000' },
    files: { type: 'string', default: '1000' },
    compression: { type: 'string', default: 'zstd' },
  },
});

const folder = await mkdtemp(join(tmpdir(), 'ticklake-memory-'));
try {
  await measure();
} catch (error) {
  process.stderr.write(`${errorText(error)}\n`);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true });
}

async function measure(): Promise<void> {
  const [raw, compact] = [join(folder, 'raw'), join(folder, 'compact')];
  const { rowCount, paths } = await generateLargeSpool({
    directory: raw,
    layout: 'dated',
    day: DAY,
    rows: Number(values.rows),
    files: Number(values.files),
    overlap: 0.1,
    rowGroupRows: 8192,
  });
  const stores = ['--raw', raw, '--compact', compact, '--date', DAY];
  const settings = [
    '--mode',
    'single',
    '--memory',
    '512MiB',
    '--compression',
    values.compression,
    ...MEASURABLE,
  ];
  const run = await runMeasured(COMPACTOR, ['run', ...stores, ...settings]);
  const verify = await runMeasured(COMPACTOR, ['verify', ...stores, '--against-sources']);
  const meta = JSON.parse(await readFile(join(compact, PARTITION, 'meta.json'), 'utf8')) as {
    row_count: number;
  };
  if (meta.row_count !== rowCount) throw new Error(`${meta.row_count} of ${rowCount} rows were published`);

  const line = (command: string, { wallMs, cpuMs, peakRssBytes }: typeof run) => [
    command,
    String(rowCount),
    String(paths.length),
    seconds(wallMs),
    seconds(cpuMs),
    mib(peakRssBytes),
    mib(PEAK_MAX_BYTES),
  ];
  const columns = ['command', 'rows', 'files', 'wall s', 'cpu s', 'peak RSS MiB', 'allowed MiB'];
  const rows = [line('run --memory 512MiB', run), line('verify --against-sources', verify)];
  process.stdout.write(`${machineFacts()}\n${tableText({ columns, rows })}\n`);
  if (Math.max(run.peakRssBytes, verify.peakRssBytes) > PEAK_MAX_BYTES) {
    throw new Error('peak memory is above what is allowed');
  }
}
