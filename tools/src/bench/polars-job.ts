// The job by polars, in a process and under a Node of its own: `node polars-job.js TASK`, a PolarsTask as JSON.
import { createRequire } from 'node:module';
import type { PolarsTask } from './programs.js';

/** As much of nodejs-polars as the job needs: it is installed for the benchmark only, so there are no types of it. */
interface Polars {
  scanParquet(source: string, options: { readonly hivePartitioning: boolean }): LazyFrame;
  col(name: string): { cast(type: unknown): unknown };
  readonly Int64: unknown;
}

interface LazyFrame {
  readonly columns: readonly string[];
  sort(options: { readonly by: string; readonly maintainOrder: boolean }): LazyFrame;
  withRowIndex(name: string): LazyFrame;
  withColumn(column: unknown): LazyFrame;
  select(columns: readonly string[]): LazyFrame;
  sinkParquet(path: string, options: Readonly<Record<string, unknown>>): LazyFrame;
  collect(): Promise<unknown>;
}

const task = JSON.parse(process.argv[2] ?? '') as PolarsTask;
const polars = createRequire(task.packages)('nodejs-polars') as Polars;
// A stable sort keeps equal times in the order of files and rows, and a pattern gives files in the order of names.
const sorted = polars
  .scanParquet(`${task.files}/*.parquet`, { hivePartitioning: false })
  .sort({ by: 'ts_event', maintainOrder: true })
  .withRowIndex('seq')
  .withColumn(polars.col('seq').cast(polars.Int64));
const others = sorted.columns.filter((name) => name !== 'ts_event' && name !== 'seq');
await sorted
  .select(['ts_event', 'seq', ...others])
  .sinkParquet(task.output, { compression: 'snappy', rowGroupSize: 122_880, maintainOrder: true })
  .collect();
