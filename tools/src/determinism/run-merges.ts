import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { MergeWay } from './dimensions.js';
import type { MergeOutcome, MergeTask } from './merge-in-way.js';
import { plainEnvironment } from './run-compactor.js';

/** One merge, and what it came to. */
export interface MergeRun {
  readonly name: string;
  readonly how: MergeWay;
  readonly outcome: MergeOutcome;
}

const PROGRAM = fileURLToPath(new URL('./merge-program.js', import.meta.url));

/** Merges in every way under `node`. @throws Error when that does not end with exit code 0. */
export async function runMerges(node: string, task: MergeTask): Promise<readonly MergeRun[]> {
  const { stdout } = await promisify(execFile)(node, [PROGRAM, JSON.stringify(task)], {
    env: plainEnvironment(),
    maxBuffer: 64 * 2 ** 20,
  });
  return JSON.parse(stdout) as readonly MergeRun[];
}
