import { parseUtcDay } from '@ticklake/core';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COMPACTOR } from '../measure/programs.js';
import { runMeasured, type Usage } from '../measure/run-measured.js';
import { generateLargeSpool } from '../spool/generate-large-spool.js';
import { orderedHash } from './ordered-hash.js';

/** A spool to compact. */
export interface BenchJob {
  readonly name: string;
  readonly rows: number;
  readonly files: number;
}

/** What the two programs took for the same job, round by round. */
export interface JobResult {
  readonly job: BenchJob;
  /** Rows that there were: an equal number in every file. */
  readonly rowCount: number;
  readonly ours: readonly Usage[];
  readonly duckdb: readonly Usage[];
  readonly oursSizeBytes: number;
  readonly duckdbSizeBytes: number;
}

const DAY = parseUtcDay('2026-02-03');
const DATA = 'exchange=binance/stream=bbo/symbol=btcusdt/date=20260203/data.parquet';
const DUCKDB_JOB = fileURLToPath(new URL('duckdb-job.js', import.meta.url));
const THREADS = 2;

/**
 * Both programs sort one generated spool into one snappy file, in turns, each from the start of its process to the end.
 *
 * @throws Error when the two files do not hold the same rows in the same order.
 */
export async function runBenchJob(job: BenchJob, rounds: number): Promise<JobResult> {
  const folder = await mkdtemp(join(tmpdir(), 'ticklake-bench-'));
  try {
    const raw = join(folder, 'raw');
    const spool = { directory: raw, layout: 'dated', day: DAY, overlap: 0.1, rowGroupRows: 8192 } as const;
    const { rowCount } = await generateLargeSpool({ ...spool, rows: job.rows, files: job.files });
    const ours: Usage[] = [];
    const duckdb: Usage[] = [];
    const compact = join(folder, 'compact');
    const sorted = join(folder, 'duckdb.parquet');
    // One round more than is counted: the first one reads the files into memory and the programs too.
    for (let round = 0; round <= rounds; round++) {
      await rm(compact, { recursive: true, force: true });
      const stores = ['--raw', raw, '--compact', compact];
      const oneDay = ['--mode', 'single', '--date', DAY, '--compression', 'snappy'];
      const ourUsage = await runMeasured(COMPACTOR, ['run', ...stores, ...oneDay]);
      const duckdbUsage = await runMeasured(DUCKDB_JOB, [raw, sorted, String(THREADS)]);
      if (round > 0) ours.push(ourUsage);
      if (round > 0) duckdb.push(duckdbUsage);
    }
    const published = join(compact, DATA);
    await requireEqual(published, sorted);
    const [oursSizeBytes, duckdbSizeBytes] = [(await stat(published)).size, (await stat(sorted)).size];
    return { job, rowCount, ours, duckdb, oursSizeBytes, duckdbSizeBytes };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function requireEqual(published: string, sorted: string): Promise<void> {
  const [ours, theirs] = [await orderedHash(published), await orderedHash(sorted)];
  if (ours !== theirs) throw new Error(`the outputs differ: ${ours} against ${theirs}`);
}
