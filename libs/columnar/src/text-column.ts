import type { BytesColumn } from './batch.js';
import { presentOnly } from './validity.js';

/** Strings as a UTF-8 bytes column; `null` is a null row. A lone surrogate becomes U+FFFD, as UTF-8 has no other way. */
export function textColumn(values: readonly (string | null)[]): BytesColumn {
  const offsets = new Uint32Array(values.length + 1);
  const validity = new Uint8Array(values.length);
  const encoder = new TextEncoder();
  const parts = values.map((value) => encoder.encode(value ?? ''));
  parts.forEach((part, row) => {
    offsets[row + 1] = (offsets[row] ?? 0) + part.length;
    validity[row] = values[row] === null ? 0 : 1;
  });
  const data = new Uint8Array(offsets[values.length] ?? 0);
  parts.forEach((part, row) => data.set(part, offsets[row]));
  return { layout: 'bytes', values: { offsets, data }, validity: presentOnly(validity) };
}
