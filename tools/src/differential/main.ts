// `npm run differential`: our Parquet reader against hyparquet, DuckDB and what was written, on generated files.
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { openBench } from './bench.js';
import { checkFiles } from './check-files.js';
import type { Difference } from './check-file.js';
import { generatedFile } from './generated-file.js';
import { missing, reportText } from './report.js';
import { runWorkers } from './run-workers.js';
import { WRITERS } from '../peers/scalar-kinds.js';
import { countOf, type Tally } from '../peers/tally.js';

/** Fewer files need not hold everything there is. */
const COMPLETE_FROM = 2_000;
const SHOWN_MAX = 40;

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    processes: { type: 'string', default: '2' },
    only: { type: 'string' },
    keep: { type: 'string' },
  },
});
const seed = Number(values.seed);
const files = Number(values.files);

if (values.only !== undefined) await checkOne(Number(values.only));
else if (values.keep === undefined) await checkAll();
else throw new Error('--keep is for one file: it needs --only');

async function checkAll(): Promise<void> {
  const { differences, tally } = await runWorkers({ seed, files, processes: Number(values.processes) });
  process.stdout.write(`${reportText(tally)}\n\n`);
  const absent = files < COMPLETE_FROM ? [] : missing(tally).map((one) => `no file has ${one}`);
  const checked = WRITERS.reduce((sum, writer) => sum + countOf(tally, ['files', writer]), 0);
  const unchecked = checked === files ? [] : [`${files - checked} files were not read`];
  tell(differences, { checked, alarms: [...absent, ...unchecked] });
}

/** One file, for looking into; `--keep` leaves it behind. */
async function checkOne(only: number): Promise<void> {
  const differences: Difference[] = [];
  const tally: Tally = new Map();
  const file = generatedFile(seed, only);
  const how = { ...file.written, rows: file.rowCount, read: file.read, fields: file.fields };
  process.stdout.write(`${JSON.stringify(how, undefined, 2)}\n`);
  if (values.keep !== undefined) {
    const bench = await openBench();
    await writeFile(values.keep, (await bench.write(file)).bytes);
    await bench.close();
  }
  await checkFiles(
    { seed, first: only, step: 1, files: only + 1 },
    { tally, onStart: () => undefined, onDifference: (difference) => differences.push(difference) },
  );
  tell(differences, { checked: 1, alarms: [] });
}

function tell(
  differences: readonly Difference[],
  { checked, alarms }: { checked: number; alarms: readonly string[] },
): void {
  for (const { index, peer, what } of differences.slice(0, SHOWN_MAX)) {
    const again = `npm run differential -- --seed ${seed} --only ${index}`;
    process.stdout.write(`file ${index}, ${peer}: ${what}\n  ${again}\n`);
  }
  for (const alarm of alarms) process.stdout.write(`${alarm}\n`);
  const counted = `${checked.toLocaleString('en-US')} files of seed ${seed}`;
  process.stdout.write(`${counted}, ${differences.length} differences\n`);
  process.exitCode = differences.length === 0 && alarms.length === 0 ? 0 : 1;
}
