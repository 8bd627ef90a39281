// The job by DuckDB, in a process of its own: `node duckdb-job.js TASK`, a DuckDbTask as JSON.
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDbTask } from './programs.js';
import { sqlText } from './sql-text.js';

const task = JSON.parse(process.argv[2] ?? '') as DuckDbTask;
const instance = await DuckDBInstance.create(':memory:', {
  threads: String(task.threads),
  memory_limit: task.memoryLimit,
  temp_directory: task.scratch,
});
const connection = await instance.connect();
// Sorted once, then numbered in that order. Ties are as deterministic as ours, by whole numbers: sorting by the names
// of the files instead takes half as long again.
await connection.run(`
  COPY (
    SELECT ts_event, row_number() OVER () - 1 AS seq, * EXCLUDE (ts_event, at_file, at_row)
    FROM (
      SELECT *, file_index AS at_file, file_row_number AS at_row
      FROM read_parquet(${sqlText(`${task.files}/*.parquet`)}, hive_partitioning = false)
      ORDER BY ts_event, at_file, at_row
    )
  ) TO ${sqlText(task.output)} (FORMAT parquet, PARQUET_VERSION ${task.parquetVersion}, COMPRESSION snappy, ROW_GROUP_SIZE 122880)`);
connection.closeSync();
instance.closeSync();
