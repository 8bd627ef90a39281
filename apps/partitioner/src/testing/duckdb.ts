import { DuckDBInstance, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api';
import { textColumn, type Column, type DataType, type RecordBatch, type Schema } from '@ticklake/columnar';

/** An engine that has nothing of ours inside, for one suite. */
export interface SuiteDuckdb {
  /** Rows of a query, their values as text or null. */
  rows(sql: string): Promise<readonly (readonly (string | null)[])[]>;
  /** Rows of a query as a batch: 64-bit integers for times, doubles and texts. */
  batch(schema: Schema, sql: string): Promise<RecordBatch>;
}

/** DuckDB from the first test of a suite to its last. */
export function suiteDuckdb(): SuiteDuckdb {
  let instance: DuckDBInstance;
  let connection: DuckDBConnection;
  beforeAll(async () => {
    instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    connection = await instance.connect();
  });
  afterAll(() => {
    connection.closeSync();
    instance.closeSync();
  });
  const values = async (sql: string) => (await connection.runAndReadAll(sql)).getRows();
  return {
    rows: async (sql) =>
      (await values(sql)).map((row) => row.map((value) => (value === null ? null : String(value)))),
    async batch(schema, sql) {
      const rows = await values(sql);
      const columns = schema.fields.map(({ type }, i) =>
        columnOfValues(
          type,
          rows.map((row) => row[i] ?? null),
        ),
      );
      return { schema, rowCount: rows.length, columns };
    },
  };
}

/** A text as SQL has it. */
export function sqlText(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

function columnOfValues({ kind }: DataType, values: readonly DuckDBValue[]): Column {
  const nulls = values.includes(null)
    ? { validity: Uint8Array.from(values, (one) => Number(one !== null)) }
    : {};
  if (kind === 'utf8') return { ...textColumn(values.map((one) => String(one ?? ''))), ...nulls };
  const fixed =
    kind === 'float'
      ? Float64Array.from(values, (one) => Number(one ?? 0))
      : BigInt64Array.from(values, (one) => BigInt((one ?? 0n) as bigint));
  return { layout: 'fixed', values: fixed, ...nulls };
}
