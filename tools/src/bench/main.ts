// `npm run bench [-- --job NAME … --rounds N --rows N --inputs DIR --write]`: what the README of tools/bench tells.
import { errorText } from '@ticklake/core';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { queryRows } from '../demo/query.js';
import { machineFacts } from '../measure/machine-facts.js';
import { JOBS, type Job, type Peers } from './jobs/index.js';
import { measureRounds, type Measured } from './measure-rounds.js';
import { installPolars, POLARS_VERSION } from './polars-packages.js';
import { polars, type Program } from './programs.js';
import { spreadOf } from './spread.js';
import { writeResults } from './results-file.js';

const { values } = parseArgs({
  options: {
    job: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '5' },
    rows: { type: 'string' },
    inputs: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});

const stop = new AbortController();
// A measured program gets the signal too and fails; what was begun here is cleared away. A second one ends at once.
process.on('SIGINT', () => (stop.signal.aborted ? process.exit(130) : stop.abort(new Error('stopped'))));
const folder = await mkdtemp(join(tmpdir(), 'ticklake-bench-'));
try {
  await bench();
} catch (error) {
  fail(error);
} finally {
  await rm(folder, { recursive: true });
}

async function bench(): Promise<void> {
  const jobs = chosenJobs();
  const rounds = countOf('rounds', values.rounds);
  const rows = values.rows === undefined ? undefined : countOf('rows', values.rows);
  const peers = { polars: jobs.some(({ usesPolars }) => usesPolars) ? await findPolars() : undefined };
  const facts = [await factsText(jobs, { rounds, peers })];
  const sections: string[] = [];
  process.stdout.write(`${facts.join('\n\n')}\n\n`);
  for (const job of jobs) {
    try {
      const section = await sectionOf(job, { rows: rows ?? job.rows, rounds, peers });
      sections.push(section);
      process.stdout.write(`${section}\n\n`);
    } catch (error) {
      // A job that went wrong has no figures; the others are worth their time.
      if (stop.signal.aborted) throw error;
      fail(error);
    }
  }
  if (values.write && sections.length > 0) say(`written to ${await writeResults([...facts, ...sections])}`);
}

async function sectionOf(
  job: Job,
  { rows, rounds, peers }: { rows: number; rounds: number; peers: Peers },
): Promise<string> {
  say(`${job.name}: ${job.about}`);
  const inputs = resolve(values.inputs ?? join(folder, 'inputs'));
  const { signal } = stop;
  const measured = await measureRounds(job.entrants(rows, peers), {
    rounds,
    inputs,
    scratch: folder,
    signal,
    say,
  });
  const notes = [othersText(measured), choiceText(measured)].filter((text) => text !== '').join(' ');
  return [`## ${job.name}`, `${job.about}.`, job.report(measured), notes].join('\n\n');
}

/** Of a machine that others use too, figures say little without this. */
function othersText(measured: readonly Measured[]): string {
  const { median, max } = spreadOf(measured.flatMap(({ othersShares }) => othersShares));
  const [usual, most] = [median, max].map((share) => (share * 100).toFixed(0));
  return `Other programs had ${usual} % of the processors meanwhile, ${most} % at most.`;
}

function choiceText(measured: readonly Measured[]): string {
  const choices = measured.flatMap(({ name, choice }) => (choice === undefined ? [] : [`${name} ${choice}`]));
  return choices.length === 0 ? '' : `Faster before the first round: ${choices.join('; ')}.`;
}

async function factsText(
  jobs: readonly Job[],
  { rounds, peers }: { rounds: number; peers: Peers },
): Promise<string> {
  const version = (await queryRows('SELECT version()')).rows[0]?.[0] ?? '';
  const polarsText = peers.polars === undefined ? 'absent' : `${POLARS_VERSION}, 2 threads`;
  const tools = [
    `DuckDB ${version}, 2 threads`,
    ...(jobs.some(({ usesPolars }) => usesPolars) ? [`polars ${polarsText}`] : []),
  ];
  return `${[machineFacts(), ...tools].join('; ')}; medians of rounds (least..most): ${rounds}`;
}

async function findPolars(): Promise<Program | undefined> {
  say('polars: installed by npm where it is not yet');
  try {
    return polars(await installPolars());
  } catch (error) {
    say(`without polars: ${errorText(error)}`);
    return undefined;
  }
}

function chosenJobs(): readonly Job[] {
  const names = JOBS.map(({ name }) => name);
  const unknown = (values.job ?? []).filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`no job ${unknown.join()}; there are ${names.join(', ')}`);
  return JOBS.filter(({ name }) => values.job?.includes(name) ?? true);
}

function countOf(flag: string, text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1)
    throw new Error(`--${flag} is a number from 1 up, not ${text}`);
  return count;
}

function fail(error: unknown): void {
  say(errorText(error));
  process.exitCode = 1;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
