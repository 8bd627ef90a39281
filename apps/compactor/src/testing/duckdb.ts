import { DuckDBInstance } from '@duckdb/node-api';

/** An independent reader of Parquet files that answers questions in SQL. */
export interface Duckdb {
  /** Rows of a query, their values as text or null. */
  rows(sql: string): Promise<readonly (readonly (string | null)[])[]>;
  run(sql: string): Promise<void>;
  close(): void;
}

/** DuckDB in memory, without anything of ours inside. */
export async function openDuckdb(): Promise<Duckdb> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  return {
    async rows(sql) {
      const rows = (await connection.runAndReadAll(sql)).getRows();
      return rows.map((row) => row.map((value) => (value === null ? null : String(value))));
    },
    async run(sql) {
      await connection.run(sql);
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** A text literal. */
export function sqlText(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** A quoted name. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
