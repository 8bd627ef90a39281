import type { Bounds } from './bounds.js';
import { putByte, type ByteBuffer } from './byte-buffer.js';
import { FIELD, putBinary, putInt, STOP } from './compact-fields.js';

/** Longer bounds help no reader and would bloat the footer; they are left out whole, never cut. */
export const STATISTIC_BYTES_MAX = 64;

/** Appends a flat chunk's statistics, as a struct. The bounds, where there are any, are values of the chunk. */
export function putStatistics(
  out: ByteBuffer,
  { bounds, nullCount }: { readonly bounds: Bounds | undefined; readonly nullCount: number },
): void {
  putInt(out, 3, FIELD.i64, nullCount);
  if (bounds !== undefined && !isLong(bounds)) {
    putByte(out, (2 << 4) | FIELD.binary);
    putBinary(out, bounds.max);
    putByte(out, (1 << 4) | FIELD.binary);
    putBinary(out, bounds.min);
    // Both are exact.
    putByte(out, (1 << 4) | FIELD.true);
    putByte(out, (1 << 4) | FIELD.true);
  }
  putByte(out, STOP);
}

/** Whether bounds are left out. */
export function isLong({ min, max }: Bounds): boolean {
  return min.length > STATISTIC_BYTES_MAX || max.length > STATISTIC_BYTES_MAX;
}
