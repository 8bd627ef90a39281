import { ATTACKS, type Attack, type AttackEnd } from '@ticklake/parquet/testing';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { writeCorpus } from './corpus/corpus-folder.js';
import type { Target } from './corpus/target.js';
import type { Judgement } from './judge.js';
import { planMutant } from './mutate/mutants.js';
import { attackFile, type Task, type WorkerSetup } from './run/task.js';
import { runTasks, type PoolOptions, type TaskResult } from './run/worker-pool.js';
import { FORBIDDEN, type AttackResult, type MutantResult } from './scoreboard.js';

/** How much to try. */
export interface FuzzOptions {
  readonly mutants: number;
  readonly seed: number;
  readonly workers: number;
  /** For the base files and the attacks. */
  readonly folder: string;
}

/** What came of it. */
export interface FuzzReport {
  /** Base files as the results name them, and how many of them have a CRC on every page. */
  readonly bases: readonly string[];
  readonly sealedCount: number;
  readonly mutants: readonly MutantResult[];
  readonly attacks: readonly AttackResult[];
  /** What should not have been, a line each, with how to do it again. */
  readonly findings: readonly string[];
  readonly wallMs: number;
}

/** No file may take a process further. */
export const PEAK_RSS_BYTES_MAX = 512 * 2 ** 20;

const HANG_MS = 2_000;
const HANG_WALL_MS = 60_000;
const WORKER = fileURLToPath(new URL('run/worker.js', import.meta.url));

/** Reads every attack and so many mutants, each in a process that may be lost. */
export async function runFuzz({ mutants, seed, workers, folder }: FuzzOptions): Promise<FuzzReport> {
  const targets = await writeCorpus(folder);
  for (const [index, attack] of ATTACKS.entries()) {
    await writeFile(join(folder, attackFile(index)), await attack.file());
  }
  const startMs = performance.now();
  const report = { mutants: [] as MutantResult[], attacks: [] as AttackResult[], findings: [] as string[] };
  const setup: WorkerSetup = { folder, seed };
  const options: PoolOptions = {
    command: [WORKER, JSON.stringify(setup)],
    workers,
    hangMs: HANG_MS,
    hangWallMs: HANG_WALL_MS,
    peakRssBytesMax: PEAK_RSS_BYTES_MAX,
  };
  await runTasks(tasksOf(mutants), options, (result) => {
    const { task } = result;
    if (task.kind === 'attack') {
      const told = attackResult(ATTACKS[task.index] as Attack, result);
      report.attacks.push(told);
      if (!told.isAsItMust) report.findings.push(`--attack '${told.attack}': ${textOf(result)}`);
      return;
    }
    const told = mutantResult(targets, task.index, result);
    report.mutants.push(told);
    if (FORBIDDEN.includes(told.verdict)) {
      const where = `${told.base}, ${told.mutation}`;
      report.findings.push(`--seed ${seed} --only ${task.index} (${where}): ${textOf(result)}`);
    }
  });
  const sealedCount = targets.filter(({ sealed }) => sealed).length;
  return { ...report, bases: targets.map(labelOf), sealedCount, wallMs: performance.now() - startMs };
}

/** How the file of an attack ended: a code, `valid`, or what should never be. */
function endOf({ verdict, code }: Judgement): string {
  if (verdict === 'unaffected') return 'valid';
  return verdict === 'rejected' ? (code ?? verdict) : verdict;
}

function* tasksOf(mutants: number): Generator<Task> {
  for (let index = 0; index < ATTACKS.length; index++) yield { kind: 'attack', index };
  for (let index = 0; index < mutants; index++) yield { kind: 'mutant', index };
}

function attackResult({ name, ends }: Attack, result: TaskResult): AttackResult {
  const end = endOf(result);
  const { readMs, peakRssBytes } = result;
  return { attack: name, end, isAsItMust: ends.includes(end as AttackEnd), readMs, peakRssBytes };
}

function mutantResult(targets: readonly Target[], index: number, result: TaskResult): MutantResult {
  const { target, mutation } = planMutant(targets, index);
  const { verdict, readMs, peakRssBytes } = result;
  return { mutation: mutation.name, base: labelOf(target), verdict, readMs, peakRssBytes };
}

function labelOf({ name, sealed }: Target): string {
  return sealed ? `${name} (CRC)` : name;
}

function textOf({ verdict, code, detail }: Judgement): string {
  return [verdict, code, detail].filter((part) => part !== undefined).join(' ');
}
