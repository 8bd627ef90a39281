import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { COMPACTOR } from '../measure/programs.js';
import type { CompactorWay } from './dimensions.js';

/** What is compacted, whence and where to. */
export interface CompactorRun {
  readonly node: string;
  readonly raw: string;
  readonly compact: string;
  readonly day: string;
  /** The form of what is published. */
  readonly args: readonly string[];
  readonly way: CompactorWay;
}

/** Small, so that a partition has several row groups and pages. */
const SIZES = ['--row-group-rows', '4000', '--page-rows', '1000'];

/** Runs the built compactor under `node`. @throws Error when it does not end with exit code 0. */
export async function runCompactor(run: CompactorRun): Promise<void> {
  const { node, raw, compact, day, args, way } = run;
  const stores = ['--raw', raw, '--compact', compact, '--mode', 'single', '--date', day];
  const given = ['run', ...stores, ...args, ...SIZES, ...way.workers, ...way.memory, ...way.isolation];
  await promisify(execFile)(node, [...way.nodeFlags, COMPACTOR, ...given], {
    env: { ...plainEnvironment(), ...way.place.environment },
    ...(way.place.cwd === undefined ? {} : { cwd: way.place.cwd }),
    maxBuffer: 64 * 2 ** 20,
  });
}

/** Nothing but the way that was chosen may say how Node runs. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return env;
}
