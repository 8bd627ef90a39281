// `npm run fuzz [-- --mutants N --seed N --workers N --write]`: the Parquet reader on damaged and hostile files.
// `npm run fuzz -- (--only INDEX | --attack NAME) [--seed N] [--keep FILE]`: one of them again.
import { dayOfMs, errorText, systemClock } from '@ticklake/core';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machineFacts } from '../measure/machine-facts.js';
import { mib, seconds } from '../measure/units.js';
import { MUTATIONS } from './mutate/mutants.js';
import { showOne } from './show-one.js';
import { PEAK_RSS_BYTES_MAX, runFuzz, type FuzzReport } from './run-fuzz.js';
import { attackTable, brokenRules, peakRss, verdictTable } from './scoreboard.js';

const FINDINGS_SHOWN = 50;

const { values } = parseArgs({
  options: {
    mutants: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    write: { type: 'boolean', default: false },
    only: { type: 'string' },
    attack: { type: 'string' },
    keep: { type: 'string' },
  },
});

const folder = await mkdtemp(join(tmpdir(), 'ticklake-fuzz-'));
try {
  await fuzz();
} catch (error) {
  process.stderr.write(`${errorText(error)}\n`);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true });
}

async function fuzz(): Promise<void> {
  const { only, attack, keep } = values;
  const seed = numberOf('seed');
  if (only !== undefined || attack !== undefined) {
    process.stdout.write(`${await showOne({ index: numberOf('only'), attack, keep, seed })}\n`);
    return;
  }
  const mutants = numberOf('mutants');
  const report = await runFuzz({ mutants, seed, workers: numberOf('workers'), folder });
  const text = reportText(report, seed);
  process.stdout.write(text);
  const { findings } = report;
  for (const finding of findings.slice(0, FINDINGS_SHOWN)) process.stdout.write(`${finding}\n`);
  if (findings.length > FINDINGS_SHOWN)
    process.stdout.write(`and ${findings.length - FINDINGS_SHOWN} more\n`);
  if (values.write) await writeResults(text);
  const broken = brokenRules(report.mutants, {
    attacks: report.attacks,
    peakRssBytesMax: PEAK_RSS_BYTES_MAX,
  });
  for (const rule of broken) process.stderr.write(`broken: ${rule}\n`);
  if (broken.length > 0) process.exitCode = 1;
}

function numberOf(name: 'mutants' | 'seed' | 'workers' | 'only'): number {
  const value = Number(values[name] ?? 0);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} is not a whole number`);
  return value;
}

function reportText(report: FuzzReport, seed: number): string {
  const { mutants, attacks, bases, sealedCount, wallMs } = report;
  const all = [...mutants, ...attacks];
  const work = seconds(all.reduce((sum, { readMs }) => sum + readMs, 0));
  return [
    `${machineFacts()}; seed ${seed}, ${seconds(wallMs)} s, ${work} s of work, peak RSS of a worker ${mib(peakRss(all))} MiB`,
    `${mutants.length} mutants of ${bases.length} base files, ${sealedCount} of them with a CRC on every page; ${attacks.length} attacks`,
    verdictTable(mutants, { title: 'damage', by: 'mutation', names: MUTATIONS.map(({ name }) => name) }),
    verdictTable(mutants, { title: 'base file', by: 'base', names: bases }),
    attackTable(attacks),
  ]
    .join('\n\n')
    .concat('\n');
}

async function writeResults(text: string): Promise<void> {
  const day = dayOfMs(systemClock.nowMs());
  const path = fileURLToPath(new URL(`../../fuzz/results/${day}.md`, import.meta.url));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `# Fuzzing of ${day}\n\n${text}`);
}
