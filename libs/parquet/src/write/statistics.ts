import type { Bounds } from './bounds.js';
import type { ThriftWriter } from './thrift-writer.js';

/** Longer bounds help no reader and would bloat the footer; they are left out whole, never cut. */
export const STATISTIC_BYTES_MAX = 64;

/** Writes the fields of a flat chunk's statistics. The bounds, where there are any, are values of the chunk. */
export function writeStatistics(
  writer: ThriftWriter,
  { bounds, nullCount }: { readonly bounds: Bounds | undefined; readonly nullCount: number },
): void {
  writer.i64(3, nullCount);
  if (bounds === undefined) return;
  if (bounds.min.length > STATISTIC_BYTES_MAX || bounds.max.length > STATISTIC_BYTES_MAX) return;
  writer.binary(5, bounds.max);
  writer.binary(6, bounds.min);
  writer.bool(7, true);
  writer.bool(8, true);
}
