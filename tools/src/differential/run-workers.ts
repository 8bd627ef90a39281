import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Difference } from './check-file.js';
import type { FileRange } from './check-files.js';
import { addEntries, type Tally, type TallyEntries } from '../peers/tally.js';

/** What a worker leaves behind. */
export interface WorkerResult {
  readonly differences: readonly Difference[];
  readonly counted: TallyEntries;
}

/** A worker's share, and where it says how far it is and what it found: files outlive a crash. */
export interface WorkerTask {
  readonly range: FileRange;
  readonly progress: string;
  readonly result: string;
}

/** What the workers found and counted together. */
export interface Checked {
  readonly differences: readonly Difference[];
  readonly tally: Tally;
}

const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url));

/** Checks all files of a set in `processes` processes. One that dies is a difference of the file it was at. */
export async function runWorkers({
  seed,
  files,
  processes,
}: {
  seed: number;
  files: number;
  processes: number;
}): Promise<Checked> {
  const folder = await mkdtemp(join(tmpdir(), 'ticklake-differential-'));
  const ranges = Array.from({ length: processes }, (_, first) => ({ seed, first, step: processes, files }));
  try {
    const results = await Promise.all(
      ranges.map((range) =>
        runWorker({
          range,
          progress: join(folder, `progress-${range.first}`),
          result: join(folder, `result-${range.first}.json`),
        }),
      ),
    );
    const tally: Tally = new Map();
    for (const { counted } of results) addEntries(tally, counted);
    const differences = results.flatMap((one) => one.differences).sort((a, b) => a.index - b.index);
    return { differences, tally };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function runWorker(task: WorkerTask): Promise<WorkerResult> {
  const child = spawn(process.execPath, [WORKER, JSON.stringify(task)], { stdio: 'inherit' });
  const end = await new Promise<number | string | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  if (end === 0) return JSON.parse(await readFile(task.result, 'utf8')) as WorkerResult;
  const index = Number(await readFile(task.progress, 'utf8').catch(() => task.range.first));
  return { differences: [{ index, peer: 'ticklake', what: `the process ended with ${end}` }], counted: [] };
}
