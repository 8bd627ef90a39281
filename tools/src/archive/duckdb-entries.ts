import {
  DuckDBInstance,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { DataType, Schema } from '@ticklake/columnar';

/** Rows as DuckDB reads them, each a text in which only what differs as a value differs. */
export interface DuckdbEntries {
  /** From a Parquet file. */
  fromParquet(path: string): Promise<readonly string[][]>;
  /** From files of JSON lines, by DuckDB's own reader of JSON. */
  fromJson(paths: readonly string[]): Promise<readonly string[][]>;
  close(): void;
}

/** DuckDB as a second reader of entries of `schema`, the column `rest` left out. */
export async function openDuckdbEntries(schema: Schema, rest: string): Promise<DuckdbEntries> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const fields = schema.fields.filter(({ name }) => name !== rest);
  const columns = fields.map(({ name }) => `"${name}"`).join();
  const texts = async (from: string) => {
    const rows = (await connection.runAndReadAll(`select ${columns} from ${from}`)).getRows();
    return rows.map((row) => row.map((value, i) => valueText(value, fields[i]?.type)));
  };
  return {
    fromParquet: (path) => texts(`read_parquet(${sqlText(path)})`),
    fromJson: (paths) => {
      const types = fields.map(({ name, type }) => `"${name}": ${sqlText(sqlType(type))}`).join();
      const files = `[${paths.map(sqlText).join()}]`;
      return texts(
        `read_json(${files}, format = 'newline_delimited', columns = {${types}}, maximum_object_size = 67108864)`,
      );
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Times are read as texts: one of their spellings is none that DuckDB knows. */
function sqlType(type: DataType): string {
  if (type.kind === 'utf8' || type.kind === 'timestamp') return 'VARCHAR';
  if (type.kind === 'bool') return 'BOOLEAN';
  if (type.kind === 'int') return 'BIGINT';
  if (type.kind === 'float') return 'DOUBLE';
  if (type.kind !== 'nested') throw new Error(`no type of DuckDB for ${type.kind}`);
  const [first, second] = type.children.map((child) => sqlType(child.type));
  if (type.shape === 'list') return `${first}[]`;
  if (type.shape === 'map') return `MAP(${first}, ${second})`;
  return `STRUCT(${type.children.map((child) => `"${child.name}" ${sqlType(child.type)}`).join()})`;
}

/** A struct without values and a map without entries are null, as an empty object is to an exporter. */
function valueText(value: DuckDBValue, type: DataType | undefined): string {
  if (value === null) return 'null';
  if (value instanceof DuckDBListValue) {
    const element = type?.kind === 'nested' ? type.children[0]?.type : undefined;
    return `[${value.items.map((item) => valueText(item, element)).join()}]`;
  }
  if (value instanceof DuckDBMapValue) {
    const element = type?.kind === 'nested' ? type.children[1]?.type : undefined;
    const entries = value.entries.map(
      ({ key, value: one }) => `${JSON.stringify(key)}:${valueText(one, element)}`,
    );
    return entries.length === 0 ? 'null' : `<${entries.join()}>`;
  }
  if (value instanceof DuckDBStructValue) {
    const children = type?.kind === 'nested' ? type.children : [];
    const parts = Object.values(value.entries).map((one, i) => valueText(one, children[i]?.type));
    return parts.every((part) => part === 'null') ? 'null' : `{${parts.join()}}`;
  }
  if (value instanceof DuckDBTimestampTZValue) return `${value.micros}us`;
  if (typeof value === 'string' && type?.kind === 'timestamp') return `${microsOf(value)}us`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/** Written apart from the exporter's own reading of instants. */
function microsOf(text: string): bigint {
  const [, seconds, fraction = ''] = /^([^.Z+]+)(?:\.(\d+))?(?:Z|\+00:00Z?)$/.exec(text) ?? [];
  return BigInt(Date.parse(`${seconds}Z`)) * 1000n + BigInt(fraction.padEnd(6, '0'));
}
