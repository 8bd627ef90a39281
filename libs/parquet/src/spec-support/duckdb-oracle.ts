import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimeTZValue,
  DuckDBTimeValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBUUIDValue,
  type DuckDBConnection,
  type DuckDBValue,
} from '@duckdb/node-api';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { numberText } from './read-all.js';

/** DuckDB in memory, with a directory for its files. */
export interface DuckDbOracle {
  readonly directory: string;
  run(sql: string): Promise<void>;
  /** Result columns as the text of `valueText`. */
  columns(sql: string): Promise<string[][]>;
  close(): void;
}

/** An oracle on one thread, so that what it writes does not depend on the machine. */
export async function openDuckDb(): Promise<DuckDbOracle> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection: DuckDBConnection = await instance.connect();
  await connection.run("set TimeZone = 'UTC'");
  const directory = mkdtempSync(join(tmpdir(), 'ticklake-parquet-'));
  return {
    directory,
    run: async (sql) => void (await connection.run(sql)),
    columns: async (sql) =>
      (await connection.runAndReadAll(sql)).getColumns().map((column) => column.map(text)),
    close() {
      connection.closeSync();
      instance.closeSync();
      rmSync(directory, { recursive: true });
    },
  };
}

function text(value: DuckDBValue): string {
  if (value === null) return 'null';
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'string') return Buffer.from(value).toString('hex');
  if (typeof value !== 'object') return String(value);
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('hex');
  if (value instanceof DuckDBDecimalValue) return String(value.value);
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue)
    return nanos(value.micros);
  if (value instanceof DuckDBTimestampMillisecondsValue) return String(value.millis * 1_000_000n);
  if (value instanceof DuckDBTimestampNanosecondsValue) return String(value.nanos);
  if (value instanceof DuckDBTimeValue || value instanceof DuckDBTimeTZValue) return nanos(value.micros);
  if (value instanceof DuckDBDateValue) return String(value.days);
  if (value instanceof DuckDBUUIDValue) return value.toUint128().toString(16).padStart(32, '0');
  if (value instanceof DuckDBListValue) return `[${value.items.map(text).join()}]`;
  if (value instanceof DuckDBStructValue) return `{${Object.values(value.entries).map(text).join()}}`;
  if (value instanceof DuckDBMapValue) {
    return `<${value.entries.map((entry) => `${text(entry.key)}:${text(entry.value)}`).join()}>`;
  }
  return `?${value.constructor.name} ${String(value)}`;
}

function nanos(micros: bigint): string {
  return String(micros * 1_000n);
}
