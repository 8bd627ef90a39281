import type { ByteRange } from './object-api.js';

/** `size` bytes as ranges of `rangeBytes`, the last one shorter. */
export function rangesOf(size: number, rangeBytes: number): ByteRange[] {
  const ranges: ByteRange[] = [];
  for (let offset = 0; offset < size; offset += rangeBytes) {
    ranges.push({ offset, length: Math.min(rangeBytes, size - offset) });
  }
  return ranges;
}
