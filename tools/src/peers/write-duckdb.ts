import * as duck from '@duckdb/node-api';
import { unreachable } from '@ticklake/core';
import type { ColumnField, ColumnType, ScalarType } from './column-type.js';
import { duckValue } from './duckdb-value.js';
import type { DuckDb } from './open-duckdb.js';
import type { PlainValue } from './plain-value.js';
import { ENUM_ENTRIES } from './scalar-values.js';

/** How DuckDB is asked to write a file. */
export interface DuckDbWrite {
  readonly codec: 'uncompressed' | 'snappy' | 'gzip' | 'zstd' | 'lz4_raw' | 'brotli';
  readonly version: 'v1' | 'v2';
  /** DuckDB makes it a multiple of 2,048. */
  readonly rowGroupRows: number;
  readonly dictionarySizeMax: number;
  readonly bloomFilter: boolean;
}

/** Columns of generated values. */
export interface GeneratedColumns {
  readonly fields: readonly ColumnField[];
  readonly columns: readonly (readonly PlainValue[])[];
  readonly rowCount: number;
}

/** DuckDB takes rows in pieces of at most this many. */
const CHUNK_ROWS = 2048;

/** Writes a file at `path`, by way of a table. */
export async function writeDuckDb(
  { connection }: DuckDb,
  { fields, columns, rowCount }: GeneratedColumns,
  { path, write }: { path: string; write: DuckDbWrite },
): Promise<void> {
  const declared = fields.map(({ name, type }) => `${duck.quotedIdentifier(name)} ${sqlType(type)}`);
  await connection.run(`CREATE OR REPLACE TEMP TABLE generated (${declared.join()})`);
  const types = fields.map(({ type }) => duckType(type));
  const appender = await connection.createAppender('generated');
  for (let start = 0; start < rowCount; start += CHUNK_ROWS) {
    const end = Math.min(start + CHUNK_ROWS, rowCount);
    const chunk = duck.DuckDBDataChunk.create(types, end - start);
    fields.forEach(({ type }, i) => {
      const values = (columns[i] ?? []).slice(start, end);
      chunk.setColumnValues(
        i,
        values.map((value) => duckValue(type, value)),
      );
    });
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
  const options = [
    'FORMAT parquet',
    `COMPRESSION ${write.codec}`,
    `PARQUET_VERSION ${write.version}`,
    `ROW_GROUP_SIZE ${write.rowGroupRows}`,
    `DICTIONARY_SIZE_LIMIT ${write.dictionarySizeMax}`,
    `WRITE_BLOOM_FILTER ${write.bloomFilter}`,
  ];
  await connection.run(`COPY generated TO '${path}' (${options.join()})`);
}

function duckType(type: ColumnType): duck.DuckDBType {
  if (!('shape' in type)) return scalarType(type);
  const children = type.children.map((child) => duckType(child.type));
  if (type.shape === 'struct') {
    return new duck.DuckDBStructType(
      type.children.map(({ name }) => name),
      children,
    );
  }
  const [first, second] = children;
  if (first === undefined) throw new Error('a list or map has children');
  return second === undefined ? duck.LIST(first) : duck.MAP(first, second);
}

const SIGNED = { 8: duck.TINYINT, 16: duck.SMALLINT, 32: duck.INTEGER, 64: duck.BIGINT };
const UNSIGNED = { 8: duck.UTINYINT, 16: duck.USMALLINT, 32: duck.UINTEGER, 64: duck.UBIGINT };
const TIMESTAMPS = { ms: duck.TIMESTAMP_MS, us: duck.TIMESTAMP, ns: duck.TIMESTAMP_NS };

function scalarType({ data, form }: ScalarType): duck.DuckDBType {
  switch (data.kind) {
    case 'bool':
      return duck.BOOLEAN;
    case 'int':
      return (data.signed ? SIGNED : UNSIGNED)[data.bits];
    case 'float':
      return data.bits === 32 ? duck.FLOAT : duck.DOUBLE;
    case 'date':
      return duck.DATE;
    case 'time':
      return data.utc ? duck.TIMETZ : duck.TIME;
    case 'timestamp':
      return data.utc ? duck.TIMESTAMPTZ : TIMESTAMPS[data.unit];
    case 'utf8':
      return form === 'enum' ? duck.ENUM(ENUM_ENTRIES) : duck.VARCHAR;
    case 'bytes':
      return form === 'uuid' ? duck.UUID : form === 'interval' ? duck.INTERVAL : duck.BLOB;
    case 'decimal':
      return duck.DECIMAL(data.precision, data.scale);
    default:
      return unreachable(data);
  }
}

/** As SQL calls the type; where the client has a name of its own, it says so here. */
function sqlType(type: ColumnType): string {
  if ('shape' in type) {
    const children = type.children.map((child) => sqlType(child.type));
    if (type.shape === 'list') return `${children[0]}[]`;
    if (type.shape === 'map') return `MAP(${children.join()})`;
    return `STRUCT(${children.map((child, i) => `${duck.quotedIdentifier(type.children[i]?.name ?? '')} ${child}`).join()})`;
  }
  if (type.form === 'json') return 'JSON';
  if (type.data.kind === 'time' && type.data.utc) return 'TIMETZ';
  return type.data.kind === 'timestamp' && type.data.utc ? 'TIMESTAMPTZ' : String(scalarType(type));
}
