// A tier by DuckDB, in a process of its own: `node duckdb-tier.js TASK`, a DuckdbTierTask as JSON.
import { DuckDBInstance } from '@duckdb/node-api';
import { sqlText } from '../bench/sql-text.js';

/** What DuckDB is to do. */
export interface DuckdbTierTask {
  readonly tier: 'daily' | 'weekly';
  /** Files that are read: JSON lines, or days of tier 3. */
  readonly files: readonly string[];
  readonly output: string;
  /** Of the week. */
  readonly columns: readonly string[];
}

const task = JSON.parse(process.argv[2] ?? '') as DuckdbTierTask;
const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
const connection = await instance.connect();
const files = `[${task.files.map(sqlText).join()}]`;
// It looks at every line first, as it has to where nobody declares a schema.
const select =
  task.tier === 'daily'
    ? `SELECT * FROM read_json(${files}, format = 'newline_delimited', maximum_object_size = 67108864, union_by_name = true, sample_size = -1)`
    : `SELECT ${task.columns.join()} FROM read_parquet(${files})`;
await connection.run(`COPY (${select}) TO ${sqlText(task.output)} (FORMAT parquet, COMPRESSION zstd)`);
connection.closeSync();
instance.closeSync();
