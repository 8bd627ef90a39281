import type { BytesValues, Column } from './batch.js';

/**
 * One value, `null` at a null row: 64-bit integers as bigint, other fixed values as number (bool 0 or 1), utf8, bytes
 * and decimal as a view of their bytes, nested as a nested column holds it. Slow: for tests and messages.
 */
export function valueAt(column: Column, row: number): unknown {
  if (column.layout === 'nested') return column.values[row];
  if (column.validity?.[row] === 0) return null;
  if (column.layout === 'fixed') return column.values[row];
  if (column.layout === 'bytes') return bytesAt(column.values, row);
  const { dictionary } = column;
  const code = column.codes[row] ?? 0;
  return 'offsets' in dictionary ? bytesAt(dictionary, code) : dictionary[code];
}

function bytesAt({ offsets, data }: BytesValues, index: number): Uint8Array {
  return data.subarray(offsets[index], offsets[index + 1]);
}
