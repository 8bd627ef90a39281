// The same job by DuckDB, in a process of its own: `node duckdb-job.js SPOOL OUTPUT THREADS`.
import { DuckDBInstance } from '@duckdb/node-api';
import { sqlText } from './sql-text.js';

const [spool, output, threads] = process.argv.slice(2);
if (spool === undefined || output === undefined || threads === undefined)
  throw new Error('three arguments are needed');

const instance = await DuckDBInstance.create(':memory:', { threads });
const connection = await instance.connect();
// Sorted once, then numbered in that order; file name and row make ties deterministic, as ours are.
await connection.run(`
  COPY (
    SELECT ts_event, row_number() OVER () - 1 AS seq, * EXCLUDE (ts_event, filename, file_row_number)
    FROM (
      SELECT * FROM read_parquet(${sqlText(`${spool}/**/*.parquet`)}, hive_partitioning = false, filename = true, file_row_number = true)
      ORDER BY ts_event, filename, file_row_number
    )
  ) TO ${sqlText(output)} (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 100000)`);
connection.closeSync();
instance.closeSync();
