import { DuckDBInstance, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api';
import type { Read } from './read.js';

/** DuckDB in this process, with as many threads as there are cores and its caches as they are by default. */
export async function openDuckdb(): Promise<{ readonly connection: DuckDBConnection; close(): void }> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  return {
    connection,
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/**
 * A prepared statement: its chunks are fetched, and the vectors of each taken out, which is where its typed arrays are. Texts stay as DuckDB
 * has them; making strings of them would take far longer.
 */
export async function duckdbRead(
  connection: DuckDBConnection,
  name: string,
  { sql, values = [] }: { readonly sql: string; readonly values?: readonly DuckDBValue[] },
): Promise<Read> {
  const statement = await connection.prepare(sql);
  if (values.length > 0) statement.bind([...values]);
  return {
    name,
    async read() {
      const result = await statement.run();
      let rows = 0;
      for (const chunk of await result.fetchAllChunks()) {
        for (let i = 0; i < chunk.columnCount; i++) chunk.getColumnVector(i);
        rows += chunk.rowCount;
      }
      return rows;
    },
    async *values(names) {
      const result = await statement.run();
      const places = names.map((column) => result.columnNames().indexOf(column));
      for (const chunk of await result.fetchAllChunks()) {
        yield new Map(names.map((column, i) => [column, chunk.getColumnValues(places[i] as number)]));
      }
    },
  };
}
