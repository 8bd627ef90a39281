// `npm run chaos [-- --every N --write]`: stores over the network, on servers that fail in every way at every request.
import { dayOfMs, errorText, systemClock } from '@ticklake/core';
import { runChaos, type ChaosReport, type Dialect } from '@ticklake/storage/testing';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { machineFacts } from '../measure/machine-facts.js';
import { brokenPromises, chaosTable, SCENARIOS_MIN, type DialectReport } from './chaos-table.js';

/** Two threads, so two lanes; R2's dialect is S3's with a few rules more. */
const LANES: readonly (readonly { readonly dialect: Dialect; readonly every: number }[])[] = [
  [{ dialect: 's3', every: 1 }],
  [
    { dialect: 'gcs', every: 1 },
    { dialect: 'r2', every: 3 },
  ],
];

if (isMainThread) {
  try {
    await chaos();
  } catch (error) {
    process.stderr.write(`${errorText(error)}\n`);
    process.exitCode = 1;
  }
} else {
  parentPort?.postMessage(await runChaos(workerData as Parameters<typeof runChaos>[0]));
}

async function chaos(): Promise<void> {
  const { values } = parseArgs({
    options: { every: { type: 'string', default: '1' }, write: { type: 'boolean', default: false } },
  });
  const startMs = systemClock.nowMs();
  const lanes = await Promise.all(LANES.map((lane) => runLane(lane, Number(values.every))));
  const reports = lanes.flat();
  const text = `${chaosTable(reports)}\n${seconds(systemClock.nowMs() - startMs)} s. ${machineFacts()}\n`;
  process.stdout.write(text);
  // A part of it proves less and says so by its numbers.
  const broken = brokenPromises(reports, values.every === '1' ? SCENARIOS_MIN : 0);
  for (const line of broken) process.stderr.write(`broken: ${line}\n`);
  if (broken.length > 0) process.exitCode = 1;
  if (values.write) await writeResults(text);
}

async function runLane(lane: (typeof LANES)[number], every: number): Promise<DialectReport[]> {
  const reports: DialectReport[] = [];
  for (const options of lane) {
    const worker = new Worker(new URL(import.meta.url), {
      workerData: { ...options, every: options.every * every },
    });
    const [report] = (await once(worker, 'message')) as [ChaosReport];
    await worker.terminate();
    reports.push({ dialect: options.dialect, ...report });
  }
  return reports;
}

async function writeResults(text: string): Promise<void> {
  const path = join(
    dirname(fileURLToPath(import.meta.url)),
    `../../chaos/results/${dayOfMs(systemClock.nowMs())}.md`,
  );
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `# Chaos of ${dayOfMs(systemClock.nowMs())}\n\n${text}`);
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(0);
}
