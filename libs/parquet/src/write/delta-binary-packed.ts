import { putVarint, putZigzag64, reserve, writeInt32, type ByteBuffer } from './byte-buffer.js';

const BLOCK = 128;
const MINIBLOCK = 32;
const MINIBLOCKS = BLOCK / MINIBLOCK;

/** One block's differences, low and high words; reused, so encoding allocates nothing per block. */
const lows = new Int32Array(BLOCK);
const highs = new Int32Array(BLOCK);

/** Appends 32-bit integers `values[start … end)` as DELTA_BINARY_PACKED. Differences wrap around. */
export function putDelta32(buffer: ByteBuffer, values: Int32Array, start: number, end: number): void {
  putHeader(buffer, end - start);
  const first = start < end ? (values[start] as number) : 0;
  putZigzag64(buffer, first, first >> 31);
  let previous = first;
  for (let at = start + 1; at < end; at += BLOCK) {
    const count = Math.min(BLOCK, end - at);
    let min = 0x7fffffff;
    for (let i = 0; i < count; i++) {
      const value = values[at + i] as number;
      const delta = (value - previous) | 0;
      lows[i] = delta;
      if (delta < min) min = delta;
      previous = value;
    }
    for (let i = 0; i < count; i++) lows[i] = (lows[i] as number) - min;
    highs.fill(0);
    putZigzag64(buffer, min, min >> 31);
    putMiniblocks(buffer, count);
  }
}

/** Appends 64-bit integers as DELTA_BINARY_PACKED; value `i` is `words[2i]` (low) and `words[2i + 1]` (high). */
export function putDelta64(buffer: ByteBuffer, words: Int32Array, start: number, end: number): void {
  putHeader(buffer, end - start);
  let previousLow = start < end ? (words[2 * start] as number) : 0;
  let previousHigh = start < end ? (words[2 * start + 1] as number) : 0;
  putZigzag64(buffer, previousLow, previousHigh);
  for (let at = start + 1; at < end; at += BLOCK) {
    const count = Math.min(BLOCK, end - at);
    let minLow = 0xffffffff;
    let minHigh = 0x7fffffff;
    for (let i = 0; i < count; i++) {
      const low = words[2 * (at + i)] as number;
      const high = words[2 * (at + i) + 1] as number;
      const borrow = low >>> 0 < previousLow >>> 0 ? 1 : 0;
      const deltaLow = (low - previousLow) | 0;
      const deltaHigh = (high - previousHigh - borrow) | 0;
      lows[i] = deltaLow;
      highs[i] = deltaHigh;
      if (deltaHigh < minHigh || (deltaHigh === minHigh && deltaLow >>> 0 < minLow)) {
        minHigh = deltaHigh;
        minLow = deltaLow >>> 0;
      }
      previousLow = low;
      previousHigh = high;
    }
    for (let i = 0; i < count; i++) {
      const low = lows[i] as number;
      lows[i] = low - minLow;
      highs[i] = (highs[i] as number) - minHigh - (low >>> 0 < minLow ? 1 : 0);
    }
    putZigzag64(buffer, minLow | 0, minHigh);
    putMiniblocks(buffer, count);
  }
}

function putHeader(buffer: ByteBuffer, count: number): void {
  putVarint(buffer, BLOCK);
  putVarint(buffer, MINIBLOCKS);
  putVarint(buffer, count);
}

/** The widths, then the miniblocks that hold any of the `count` differences; those are filled up with zeros. */
function putMiniblocks(buffer: ByteBuffer, count: number): void {
  lows.fill(0, count);
  highs.fill(0, count);
  reserve(buffer, MINIBLOCKS + 8 * BLOCK + 4);
  const widthsAt = buffer.length;
  buffer.length += MINIBLOCKS;
  for (let i = 0; i < MINIBLOCKS; i++) {
    const start = i * MINIBLOCK;
    const width = start < count ? widthFrom(start) : 0;
    buffer.bytes[widthsAt + i] = width;
    if (width > 32) packWide(buffer, start, width);
    else if (width > 0) packNarrow(buffer, start, width);
  }
}

function widthFrom(start: number): number {
  let low = 0;
  let high = 0;
  for (let i = start; i < start + MINIBLOCK; i++) {
    low |= lows[i] as number;
    high |= highs[i] as number;
  }
  return high === 0 ? 32 - Math.clz32(low) : 64 - Math.clz32(high);
}

/** Thirty-two values of `width` bits are exactly `width` 32-bit words, so nothing is left over. */
function packNarrow(buffer: ByteBuffer, start: number, width: number): void {
  const { bytes } = buffer;
  let at = buffer.length;
  let pending = 0;
  let filled = 0;
  for (let i = start; i < start + MINIBLOCK; i++) {
    const value = lows[i] as number;
    pending |= value << filled;
    filled += width;
    if (filled < 32) continue;
    writeInt32(bytes, at, pending);
    at += 4;
    filled -= 32;
    pending = filled === 0 ? 0 : value >>> (width - filled);
  }
  buffer.length = at;
}

/** As {@link packNarrow}, for widths of 33 to 64: each value is a whole word and then `width - 32` bits. */
function packWide(buffer: ByteBuffer, start: number, width: number): void {
  const { bytes } = buffer;
  const highWidth = width - 32;
  let at = buffer.length;
  let pending = 0;
  let filled = 0;
  for (let i = start; i < start + MINIBLOCK; i++) {
    const low = lows[i] as number;
    const high = highs[i] as number;
    writeInt32(bytes, at, pending | (low << filled));
    at += 4;
    pending = filled === 0 ? 0 : low >>> (32 - filled);
    pending |= high << filled;
    filled += highWidth;
    if (filled < 32) continue;
    writeInt32(bytes, at, pending);
    at += 4;
    filled -= 32;
    pending = filled === 0 ? 0 : high >>> (highWidth - filled);
  }
  buffer.length = at;
}
