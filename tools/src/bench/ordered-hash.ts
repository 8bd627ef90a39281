import { queryRows } from '../demo/query.js';
import { sqlText } from './sql-text.js';

/** What a file holds, by DuckDB: how many rows, and two sums over hashes of every row with its position. */
export async function orderedHash(path: string): Promise<string> {
  const table = `read_parquet(${sqlText(path)}, hive_partitioning = false, file_row_number = true)`;
  const { rows: described } = await queryRows(`SELECT column_name FROM (DESCRIBE SELECT * FROM ${table})`);
  // By name, so that both files give their columns in the same order.
  const columns = described.map(([name]) => `"${name}"`).sort();
  const hash = `hash(${columns.join(', ')})`;
  const { rows } = await queryRows(
    `SELECT count(*), sum(${hash}::HUGEINT), bit_xor(${hash}) FROM ${table} WHERE file_row_number = seq`,
  );
  return `${columns.join()} ${rows.flat().join(' ')}`;
}
