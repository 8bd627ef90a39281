import { totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COMPACTOR, ENGINE_JOB_BUNDLE, MEASURABLE } from '../measure/programs.js';
import { runMeasured, type RunOptions, type Usage } from '../measure/run-measured.js';
import { DAY, type Input } from './inputs.js';
import type { EngineTask } from './engine-task.js';
import type { PolarsPackages } from './polars-packages.js';

/** One way to do the job, in a process of its own. */
export interface Program {
  /** What is particular about it, where there are several of a kind. */
  readonly variant: string | undefined;
  /** Does the job once. `folder` is empty and the run's own. */
  run(input: Input, folder: string): Promise<Run>;
}

/** One run of a program. */
export interface Run {
  readonly usage: Usage;
  /** The sorted file. */
  readonly output: string;
}

/** What `duckdb-job.js` is told. */
export interface DuckDbTask {
  readonly files: string;
  readonly output: string;
  readonly scratch: string;
  readonly threads: number;
  readonly memoryLimit: string;
  readonly parquetVersion: 'v1' | 'v2';
}

/** What `polars-job.js` is told. */
export interface PolarsTask extends Pick<PolarsPackages, 'packages'> {
  readonly files: string;
  readonly output: string;
}

/** Of every program, as there are cores. */
const THREADS = 2;
/** Enough not to spill 20 million rows; with less, DuckDB is slower by a half. */
const MEMORY_LIMIT_BYTES = 16e9;

/** The command line as it is installed: the whole protocol, with reading back, syncing to disk and publishing. */
export function compactor(pages: EngineTask['pages']): Program {
  return {
    variant: undefined,
    async run({ raw, partition }, folder) {
      const stores = ['--raw', raw, '--compact', folder];
      const oneDay = ['--mode', 'single', '--date', DAY, '--compression', 'snappy', ...MEASURABLE];
      const copying = pages === 'copy' ? ['--copy-pages'] : [];
      const usage = await runMeasured(COMPACTOR, ['run', ...stores, ...oneDay, ...copying]);
      return { usage, output: join(folder, partition, 'data.parquet') };
    },
  };
}

/** Our libraries without the application around them. */
export function engine(
  how: Pick<EngineTask, 'pages' | 'receipts'>,
  threads: EngineTask['threads'] = THREADS,
): Program {
  return {
    variant: undefined,
    run: ({ raw, partition }, folder) =>
      runTask<EngineTask>(ENGINE_JOB_BUNDLE, folder, (output) => ({
        raw,
        partition,
        output,
        scratch: join(folder, 'scratch'),
        threads,
        ...how,
      })),
  };
}

/** DuckDB writing either version of the format: which of them is faster depends on the job. */
export const duckdb: readonly [Program, Program] = [duckdbOf('v1'), duckdbOf('v2')];

function duckdbOf(parquetVersion: DuckDbTask['parquetVersion']): Program {
  const memoryBytes = Math.min(MEMORY_LIMIT_BYTES, totalmem() * 0.7);
  const memoryLimit = `${Math.floor(memoryBytes / 1e6)}MB`;
  return {
    variant: `PARQUET_VERSION ${parquetVersion}`,
    run: ({ files }, folder) =>
      runTask<DuckDbTask>(scriptOf('duckdb-job.js'), folder, (output) => {
        return {
          files,
          output,
          scratch: join(folder, 'scratch'),
          threads: THREADS,
          memoryLimit,
          parquetVersion,
        };
      }),
  };
}

/** polars, streaming from scan to sink. */
export function polars({ packages, node }: PolarsPackages): Program {
  return {
    variant: undefined,
    run: ({ files }, folder) =>
      runTask<PolarsTask>(scriptOf('polars-job.js'), folder, (output) => ({ packages, files, output }), {
        node,
        env: { POLARS_MAX_THREADS: String(THREADS) },
      }),
  };
}

function scriptOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

async function runTask<Task>(
  script: string,
  folder: string,
  taskOf: (output: string) => Task,
  options?: RunOptions,
): Promise<Run> {
  const output = join(folder, 'output.parquet');
  return { usage: await runMeasured(script, [JSON.stringify(taskOf(output))], options), output };
}
