import { DuckDBInstance } from '@duckdb/node-api';

/** Rows of a query, their values as text or null, by a reader and a query engine that have nothing of ours inside. */
export async function duckdbRows(sql: string): Promise<readonly (readonly (string | null)[])[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const rows = (await connection.runAndReadAll(sql)).getRows();
    return rows.map((row) => row.map((value) => (value === null ? null : String(value))));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
