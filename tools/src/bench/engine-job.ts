// The job by our libraries alone, in a process of its own: `node engine-job.js TASK`, an EngineTask as JSON.
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { COMPACTOR } from '../measure/programs.js';
import type { EngineTask } from './engine-task.js';

await mergePartition(JSON.parse(process.argv[2] ?? '') as EngineTask);

/**
 * Until there is an engine: the whole compactor, in this process. It encodes every page anew and writes receipts,
 * whatever the task says. To be replaced as a whole, together with `ENGINE_STAND_IN`.
 */
async function mergePartition({ raw, partition, day, output, scratch }: EngineTask): Promise<void> {
  const stores = ['--raw', raw, '--compact', scratch];
  process.argv.splice(
    2,
    Infinity,
    'run',
    ...stores,
    '--mode',
    'single',
    '--date',
    day,
    '--compression',
    'snappy',
  );
  await import(pathToFileURL(COMPACTOR).href);
  if (process.exitCode === 0) await rename(join(scratch, partition, 'data.parquet'), output);
}
