import { DuckDBInstance } from '@duckdb/node-api';

/** A result as text, column by column. */
export interface QueryRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What DuckDB, which shares no code with us, answers to `sql`. */
export async function queryRows(sql: string): Promise<QueryRows> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(sql);
    return { columns: reader.columnNames(), rows: reader.getRows().map((row) => row.map(String)) };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Columns padded to their widest value, under their names. */
export function tableText({ columns, rows }: QueryRows): string {
  const widths = columns.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, at) => cell.padStart(widths[at] ?? 0)).join('  ');
  return [columns, ...rows].map(line).join('\n');
}
