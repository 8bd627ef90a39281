import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Violation } from '../strike-scenario.js';
import type { MutantReport } from '../tables.js';
import type { Mutant } from './mutants.js';
import { requireFit } from './patch.js';

const PROGRAM = fileURLToPath(new URL('../main.js', import.meta.url));
const PRELOAD = new URL('./preload.js', import.meta.url).href;
const TIMEOUT_MS = 1_200_000;

/**
 * Strikes the scenario of each mutant, in a process of its own, until its first violation.
 *
 * @throws Error when a mutant does not fit the program, or breaks it so much that nothing can be said.
 */
export async function runMutants(
  mutants: readonly Mutant[],
  lanes: number,
): Promise<readonly MutantReport[]> {
  for (const mutant of mutants) await requireFit(mutant);
  const reports = new Map<Mutant, MutantReport>();
  const queue = mutants.values();
  const lane = async () => {
    for (const mutant of queue) reports.set(mutant, await runMutant(mutant));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return mutants.flatMap((mutant) => reports.get(mutant) ?? []);
}

async function runMutant({ name, scenario, strike }: Mutant): Promise<MutantReport> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', PRELOAD, PROGRAM, '--first', '--scenario', scenario, '--strike', strike],
    { env: { ...process.env, TICKLAKE_MUTANT: name }, timeout: TIMEOUT_MS, maxBuffer: 2 ** 24 },
  );
  return { name, caught: stdout === '' ? undefined : (JSON.parse(stdout) as Violation) };
}
