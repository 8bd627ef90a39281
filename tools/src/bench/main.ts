// `npm run bench [-- --rounds N --job NAME --rows N --files N --write]`: the compactor against DuckDB on one spool.
import { dayOfMs, errorText, systemClock } from '@ticklake/core';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { queryRows } from '../demo/query.js';
import { machineFacts } from '../measure/machine-facts.js';
import { resultsTable } from './results-table.js';
import { runBenchJob, type BenchJob, type JobResult } from './run-job.js';

/** A day flushed every five minutes, one flushed every half minute, and a day of a quiet symbol. */
const JOBS: readonly BenchJob[] = [
  { name: 'large files', rows: 2_000_000, files: 288 },
  { name: 'small files', rows: 3_000_000, files: 3000 },
  { name: 'small day', rows: 100_000, files: 288 },
];

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    job: { type: 'string' },
    rows: { type: 'string' },
    files: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});

try {
  await bench();
} catch (error) {
  process.stderr.write(`${errorText(error)}\n`);
  process.exitCode = 1;
}

async function bench(): Promise<void> {
  const results: JobResult[] = [];
  for (const job of chosenJobs()) {
    process.stderr.write(`${job.name}: ${job.rows} rows in ${job.files} files\n`);
    results.push(await runBenchJob(job, Number(values.rounds)));
  }
  const version = (await queryRows('SELECT version()')).rows[0]?.[0] ?? '';
  const facts = `${machineFacts()}; DuckDB ${version}, 2 threads`;
  const text = `${facts}\n\n${resultsTable(results)}\n`;
  process.stdout.write(text);
  if (values.write) await writeResults(text);
}

function chosenJobs(): readonly BenchJob[] {
  if (values.rows !== undefined && values.files !== undefined) {
    return [{ name: 'custom', rows: Number(values.rows), files: Number(values.files) }];
  }
  const jobs = JOBS.filter(({ name }) => values.job === undefined || name === values.job);
  if (jobs.length === 0) throw new Error(`no such job; there are ${JOBS.map(({ name }) => name).join(', ')}`);
  return jobs;
}

async function writeResults(text: string): Promise<void> {
  const day = dayOfMs(systemClock.nowMs());
  const path = fileURLToPath(new URL(`../../bench/results/${day}.md`, import.meta.url));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `# Benchmark of ${day}\n\n${text}`);
}
