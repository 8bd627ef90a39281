// `npm run crash [-- --every N --write --mutants]`: a run that dies, stands still or is lied to, at every operation.
import { errorText, systemClock } from '@ticklake/core';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { keepResults } from '../measure/keep-results.js';
import { machineFacts } from '../measure/machine-facts.js';
import { MUTANTS } from './mutants/mutants.js';
import { runMutants } from './mutants/run-mutants.js';
import { SCENARIOS } from './scenarios/index.js';
import { strikeScenario, type StrikeOptions, type StrikeReport } from './strike-scenario.js';
import { KILL_POINTS_MIN, killPoints, mutantsTable, strikesTable, violationText } from './tables.js';
import type { WorldName } from './world.js';

interface Work {
  readonly scenario: string;
  readonly world: WorldName;
  readonly options: StrikeOptions;
}

const WORLDS = ['disk', 'bucket'] as const;
const LANES = 2;

const { values } = parseArgs({
  options: {
    every: { type: 'string', default: '1' },
    scenario: { type: 'string' },
    write: { type: 'boolean', default: false },
    mutants: { type: 'boolean', default: false },
    strike: { type: 'string' },
    /** What a mutant runs: tells its first violation as JSON. */
    first: { type: 'boolean', default: false },
  },
});

if (isMainThread) {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`${errorText(error)}\n`);
    process.exitCode = 1;
  }
} else {
  parentPort?.on('message', (work: Work) => {
    void strike(work).then((report) => parentPort?.postMessage(report));
  });
}

async function main(): Promise<void> {
  if (values.first) return tellFirst();
  const startMs = systemClock.nowMs();
  const reports = await strikeAll();
  const violations = reports.flatMap((report) => report.violations);
  for (const violation of violations) process.stderr.write(`broken: ${violationText(violation)}\n`);
  const count = `${killPoints(reports)} places to die at, ${violations.length} violations.`;
  let text = `${strikesTable(reports)}\n\n${count}\n`;
  if (violations.length > 0) process.exitCode = 1;
  if (isWhole() && killPoints(reports) < KILL_POINTS_MIN) throw new Error(`too few: ${count}`);
  if (values.mutants) text += `\n${await mutants()}\n`;
  text += `\n${((systemClock.nowMs() - startMs) / 1000).toFixed(0)} s. ${machineFacts()}\n`;
  process.stdout.write(text);
  if (values.write) await keepResults('crash', 'Crashes', text);
}

/** Whoever strikes only some of it knows that this proves less. */
function isWhole(): boolean {
  return values.scenario === undefined && values.strike === undefined;
}

async function mutants(): Promise<string> {
  const reports = await runMutants(MUTANTS, LANES);
  const survivors = reports.filter(({ caught }) => caught === undefined);
  if (survivors.length > 0) process.exitCode = 1;
  return `${mutantsTable(reports)}\n\n${reports.length} mutants, ${survivors.length} of them survive.`;
}

/** One violation is enough for a mutant. */
async function tellFirst(): Promise<void> {
  for (const work of workOf(true)) {
    const { violations } = await strike(work);
    const [violation] = violations;
    if (violation === undefined) continue;
    process.stdout.write(JSON.stringify(violation));
    return;
  }
}

async function strikeAll(): Promise<readonly StrikeReport[]> {
  const works = workOf(false);
  const reports = new Map<Work, StrikeReport>();
  const queue = works.values();
  const lane = async () => {
    const worker = new Worker(new URL(import.meta.url), { argv: process.argv.slice(2) });
    for (const work of queue) {
      worker.postMessage(work);
      const [report] = (await once(worker, 'message')) as [StrikeReport];
      reports.set(work, report);
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return works.flatMap((work) => reports.get(work) ?? []);
}

/** Every scenario in every world; each begins at another of its points when not all are struck. */
function workOf(untilFirst: boolean): readonly Work[] {
  const options = { every: Number(values.every), strike: values.strike, untilFirst };
  return SCENARIOS.filter(({ name }) => values.scenario === undefined || name === values.scenario).flatMap(
    ({ name }, i) => WORLDS.map((world) => ({ scenario: name, world, options: { ...options, offset: i } })),
  );
}

async function strike({ scenario, world, options }: Work): Promise<StrikeReport> {
  const found = SCENARIOS.find(({ name }) => name === scenario);
  if (found === undefined) throw new Error(`there is no scenario ${scenario}`);
  return strikeScenario(found, world, options);
}
