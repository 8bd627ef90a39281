import * as duck from '@duckdb/node-api';
import { toHex } from '@ticklake/core';
import { bitsText } from './plain-value.js';
import type { DuckDb } from './open-duckdb.js';
import type { ColumnTexts } from './read-ticklake.js';

/** The columns called `names`, in the order of `names`, of the file at `path`. */
export async function readDuckDb(
  { connection }: DuckDb,
  path: string,
  names: readonly string[],
): Promise<ColumnTexts> {
  const selected = names.map((name) => duck.quotedIdentifier(name)).join();
  const result = await connection.run(
    `SELECT ${selected} FROM read_parquet('${path}', hive_partitioning = false)`,
  );
  const columns: string[][] = names.map(() => []);
  for (const chunk of await result.fetchAllChunks()) {
    columns.forEach((texts, i) => {
      const text = textOf(chunk.getColumnVector(i));
      for (let row = 0; row < chunk.rowCount; row++) texts.push(text(row));
    });
  }
  return columns;
}

type TextOf = (row: number) => string;

/**
 * Values are taken from vectors and not as the client makes them: it drops the byte order mark of a text, and a
 * number does not keep the payload of a NaN. So text is read as bytes, and floats as integers of their bits.
 */
function textOf(vector: duck.DuckDBVector): TextOf {
  if (vector instanceof duck.DuckDBVarCharVector) {
    return bytesText(duck.DuckDBBlobVector.fromRawVector(vector['vector'], vector.itemCount));
  }
  if (vector instanceof duck.DuckDBBlobVector) return bytesText(vector);
  if (vector instanceof duck.DuckDBFloatVector) {
    const bits = duck.DuckDBUIntegerVector.fromRawVector(vector['vector'], vector.itemCount);
    return present(bits, (value) => bitsText(32, value as number));
  }
  if (vector instanceof duck.DuckDBDoubleVector) {
    const bits = duck.DuckDBUBigIntVector.fromRawVector(vector['vector'], vector.itemCount);
    return present(bits, (value) => bitsText(64, value as bigint));
  }
  if (vector instanceof duck.DuckDBListVector) return listText(vector);
  if (vector instanceof duck.DuckDBMapVector) return mapText(vector);
  if (vector instanceof duck.DuckDBStructVector) {
    const entries = structEntries(vector);
    return (row) => (vector.isItemValid(row) ? `{${entries.map((text) => text(row)).join()}}` : 'null');
  }
  return present(vector, flatText);
}

function present(vector: duck.DuckDBVector, text: (value: duck.DuckDBValue) => string): TextOf {
  return (row) => {
    const value = vector.getItem(row);
    return value === null ? 'null' : text(value);
  };
}

function bytesText(vector: duck.DuckDBBlobVector): TextOf {
  return (row) => {
    const bytes = vector.getItemBytes(row);
    return bytes === null ? 'null' : toHex(bytes);
  };
}

function listText(vector: duck.DuckDBListVector): TextOf {
  const element = textOf(vector.childVector);
  return (row) => {
    const items = itemRows(vector, row);
    return items === undefined ? 'null' : `[${items.map(element).join()}]`;
  };
}

/** A map is stored as a list of structs of key and value. */
function mapText(vector: duck.DuckDBMapVector): TextOf {
  const list = vector['listVector'];
  const entries = list.childVector;
  if (!(entries instanceof duck.DuckDBStructVector)) throw new Error('a map without entries');
  const [key, value] = structEntries(entries);
  return (row) => {
    const items = itemRows(list, row);
    return items === undefined
      ? 'null'
      : `<${items.map((item) => `${key?.(item)}:${value?.(item)}`).join()}>`;
  };
}

function structEntries(vector: duck.DuckDBStructVector): readonly TextOf[] {
  return Array.from({ length: vector['structType'].entryCount }, (_, i) => textOf(vector.entryVectorAt(i)));
}

function itemRows(vector: duck.DuckDBListVector, row: number): readonly number[] | undefined {
  if (!vector['validity'].itemValid(row)) return undefined;
  const start = vector.getEntryOffset(row);
  return Array.from({ length: vector.getEntryLength(row) }, (_, i) => start + i);
}

function flatText(value: duck.DuckDBValue): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof duck.DuckDBDecimalValue) return String(value.value);
  if (value instanceof duck.DuckDBDateValue) return String(value.days);
  if (value instanceof duck.DuckDBTimestampValue || value instanceof duck.DuckDBTimestampTZValue)
    return String(value.micros * 1_000n);
  if (value instanceof duck.DuckDBTimestampMillisecondsValue) return String(value.millis * 1_000_000n);
  if (value instanceof duck.DuckDBTimestampNanosecondsValue) return String(value.nanos);
  if (value instanceof duck.DuckDBTimeValue || value instanceof duck.DuckDBTimeTZValue)
    return String(value.micros * 1_000n);
  if (value instanceof duck.DuckDBTimeNSValue) return String(value.nanos);
  if (value instanceof duck.DuckDBUUIDValue) return value.toUint128().toString(16).padStart(32, '0');
  if (value instanceof duck.DuckDBIntervalValue) return intervalText(value);
  return `?${value.constructor.name} ${String(value)}`;
}

/** As the format stores it: months, days and milliseconds, little-endian. */
function intervalText({ months, days, micros }: duck.DuckDBIntervalValue): string {
  const bytes = new DataView(new ArrayBuffer(12));
  bytes.setUint32(0, months, true);
  bytes.setUint32(4, days, true);
  bytes.setUint32(8, Number(micros / 1000n), true);
  return toHex(new Uint8Array(bytes.buffer));
}
