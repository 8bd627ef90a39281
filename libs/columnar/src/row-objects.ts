import type { Column, RecordBatch } from './batch.js';
import type { DataType } from './schema.js';
import { valueAt } from './value-at.js';

/**
 * Rows as objects by column, as JSON holds them (RD-23): see {@link jsonValueAt}.
 *
 * @param batch - Of its rows the first `rowCount` are taken.
 */
export function rowObjects({
  schema,
  columns,
  rowCount,
}: RecordBatch): readonly Readonly<Record<string, unknown>>[] {
  return Array.from({ length: rowCount }, (_, row) => {
    const entries = schema.fields.map(({ name, type }, i) => {
      const column = columns[i];
      return [name, column === undefined ? null : jsonValueAt(column, row, type)] as const;
    });
    return Object.fromEntries(entries);
  });
}

/**
 * One value as JSON holds it, exactly: 64-bit integers and times as decimal text, days as `YYYY-MM-DD`, bytes and decimals in base64, and
 * what JSON has no numbers for as `NaN`, `Infinity` and `-Infinity`. Slow, as `valueAt` is.
 */
export function jsonValueAt(column: Column, row: number, type: DataType): unknown {
  const value = valueAt(column, row);
  if (value === null || value === undefined) return null;
  if (type.kind === 'utf8') return Buffer.from(value as Uint8Array).toString('utf8');
  if (type.kind === 'date') return new Date(Number(value) * 86_400_000).toISOString().slice(0, 10);
  if (type.kind === 'bool') return value === 1;
  return jsonValue(value);
}

/** Also of what a nested column holds. */
function jsonValue(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return Array.isArray(value) ? value.map(jsonValue) : value;
}
