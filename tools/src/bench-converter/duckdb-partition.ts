// The same sources by DuckDB, in a process of its own: `node duckdb-partition.js TASK`, a DuckdbPartitionTask as JSON.
import { DuckDBInstance } from '@duckdb/node-api';
import { sqlText } from '../bench/sql-text.js';

/** What DuckDB is to do. */
export interface DuckdbPartitionTask {
  readonly file: string;
  readonly format: 'csv' | 'parquet';
  /** A folder that gets `year=…/month=…/day=…/`, or a Parquet file with the rows as they are. */
  readonly output: string;
  readonly partitioned: boolean;
}

const task = JSON.parse(process.argv[2] ?? '') as DuckdbPartitionTask;
const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
const connection = await instance.connect();
const source = `${task.format === 'csv' ? 'read_csv' : 'read_parquet'}(${sqlText(task.file)})`;
const time = 'make_timestamp(timestamp * 1000)';
const select = task.partitioned
  ? `SELECT timestamp, '1m' AS timeframe, price AS trade_price, quantity AS trade_quantity, is_buyer_maker AS trade_is_buyer_maker,
       agg_trade_id AS trade_id, year(${time}) AS year, month(${time}) AS month, day(${time}) AS day FROM ${source}`
  : `SELECT * FROM ${source}`;
const partitions = task.partitioned ? ', PARTITION_BY (year, month, day)' : '';
await connection.run(
  `COPY (${select}) TO ${sqlText(task.output)} (FORMAT parquet, COMPRESSION zstd${partitions})`,
);
connection.closeSync();
instance.closeSync();
