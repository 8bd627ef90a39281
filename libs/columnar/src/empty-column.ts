import { allocFixed } from './alloc-fixed.js';
import type { Column } from './batch.js';
import type { DataType } from './schema.js';

/** A column of `type` with no rows: utf8, bytes and decimal in the bytes layout. */
export function emptyColumn(type: DataType): Column {
  switch (type.kind) {
    case 'utf8':
    case 'bytes':
    case 'decimal':
      return { layout: 'bytes', values: { offsets: new Uint32Array(1), data: new Uint8Array(0) } };
    case 'nested':
      return { layout: 'nested', values: [] };
    default:
      return { layout: 'fixed', values: allocFixed(type, 0) };
  }
}
