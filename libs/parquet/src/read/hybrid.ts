import { corrupt, type ParquetCode } from '../format/corrupt.js';

/** A stretch of a page: what is to be read next, and where it ends. */
export interface Span {
  readonly bytes: Uint8Array;
  position: number;
  readonly end: number;
}

/** What the hybrid decoder writes to: codes or levels. */
export type HybridOutput = Uint8Array | Uint32Array;

/**
 * Decodes `out.length` values of the RLE/bit-packed hybrid (G10). No run may pass the values asked for, save the
 * stored padding of the last bit-packed one, and no value may reach `limit`; otherwise `overCode` is thrown.
 *
 * @throws LakeError `corrupt` (`PAGE_CORRUPT` or `overCode`).
 */
export function decodeHybrid(
  span: Span,
  { width, limit, overCode, out }: { width: number; limit: number; overCode: ParquetCode; out: HybridOutput },
): void {
  if (width > 32) throw corrupt('PAGE_CORRUPT', 'a bit width is too large', { width });
  const count = out.length;
  if (width === 0) {
    // Every value is 0 and nothing needs to be stored.
    if (count > 0 && limit === 0) throw over(overCode, 0, limit);
    out.fill(0);
    return;
  }
  let at = 0;
  while (at < count) {
    const head = readVarint(span);
    const length = head >>> 1;
    if (length === 0) throw corrupt('PAGE_CORRUPT', 'a run of no values');
    if ((head & 1) === 0) {
      const value = readRunValue(span, width);
      if (length > count - at) throw corrupt('PAGE_CORRUPT', 'a run passes the end of its page', { length });
      if (value >= limit) throw over(overCode, value, limit);
      out.fill(value, at, at + length);
      at += length;
    } else {
      const used = Math.min(length * 8, count - at);
      const room = span.end - span.position;
      // Some writers leave out the bytes that only pad the last group; DuckDB pads with whole groups, stored.
      if (Math.ceil((used * width) / 8) > room || (length * 8 - used >= 8 && length * width > room)) {
        throw corrupt('PAGE_CORRUPT', 'bytes end inside a bit-packed run', { length });
      }
      const max = unpackBits(span, { width, out, at, count: used });
      if (max >= limit) throw over(overCode, max, limit);
      span.position = Math.min(span.position + length * width, span.end);
      at += used;
    }
  }
}

/**
 * Decodes `out.length` values of the old bit-packed levels, most significant bit first, without runs or a length.
 *
 * @throws LakeError `corrupt` (`PAGE_CORRUPT`).
 */
export function decodeBitPacked(
  span: Span,
  { width, limit, out }: { width: number; limit: number; out: Uint8Array },
): void {
  const size = Math.ceil((out.length * width) / 8);
  if (size > span.end - span.position) throw corrupt('PAGE_CORRUPT', 'bytes end inside bit-packed levels');
  const { bytes } = span;
  for (let i = 0, bit = span.position * 8; i < out.length; i++) {
    let value = 0;
    for (let j = 0; j < width; j++, bit++)
      value = (value << 1) | (((bytes[bit >> 3] as number) >> (7 - (bit & 7))) & 1);
    if (value >= limit) throw over('PAGE_CORRUPT', value, limit);
    out[i] = value;
  }
  span.position += size;
}

/** An unsigned varint of at most five bytes. @throws LakeError `corrupt` (`PAGE_CORRUPT`). */
export function readVarint(span: Span): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    if (span.position >= span.end) throw corrupt('PAGE_CORRUPT', 'bytes end inside a number');
    const byte = span.bytes[span.position++] as number;
    value |= (byte & 127) << shift;
    if (byte < 128) return value >>> 0;
  }
  throw corrupt('PAGE_CORRUPT', 'a varint is too long');
}

function readRunValue(span: Span, width: number): number {
  const size = (width + 7) >> 3;
  if (size > span.end - span.position) throw corrupt('PAGE_CORRUPT', 'bytes end inside a run');
  let value = 0;
  for (let i = 0; i < size; i++) value |= (span.bytes[span.position + i] as number) << (8 * i);
  span.position += size;
  return value >>> 0;
}

interface BitRun {
  readonly width: number;
  readonly out: HybridOutput;
  readonly at: number;
  readonly count: number;
}

/** Writes `count` values and returns the largest. Does not move the span. */
function unpackBits(span: Span, run: BitRun): number {
  const { bytes, position } = span;
  if (run.width === 1) return unpackSingle(bytes, position, run);
  if (run.width === 8) return unpackBytes(bytes, position, run);
  return run.width <= 24 ? unpackNarrow(bytes, position, run) : unpackWide(bytes, position, run);
}

function unpackSingle(bytes: Uint8Array, position: number, { out, at, count }: BitRun): number {
  let max = 0;
  const whole = at + (count & ~7);
  let from = position;
  let i = at;
  for (; i < whole; i += 8) {
    const byte = bytes[from++] as number;
    max |= byte;
    out[i] = byte & 1;
    out[i + 1] = (byte >> 1) & 1;
    out[i + 2] = (byte >> 2) & 1;
    out[i + 3] = (byte >> 3) & 1;
    out[i + 4] = (byte >> 4) & 1;
    out[i + 5] = (byte >> 5) & 1;
    out[i + 6] = (byte >> 6) & 1;
    out[i + 7] = byte >> 7;
  }
  for (let bit = 0; i < at + count; i++, bit++) {
    const value = ((bytes[from] as number) >> bit) & 1;
    max |= value;
    out[i] = value;
  }
  return max === 0 ? 0 : 1;
}

function unpackBytes(bytes: Uint8Array, position: number, { out, at, count }: BitRun): number {
  let max = 0;
  for (let i = 0; i < count; i++) {
    const value = bytes[position + i] as number;
    if (value > max) max = value;
    out[at + i] = value;
  }
  return max;
}

/** Up to 24 bits: the bits in hand and a new byte always fit 32. */
function unpackNarrow(bytes: Uint8Array, position: number, { width, out, at, count }: BitRun): number {
  const mask = (1 << width) - 1;
  let max = 0;
  let held = 0;
  let bits = 0;
  let from = position;
  for (let i = at, end = at + count; i < end; i++) {
    while (bits < width) {
      held |= (bytes[from++] as number) << bits;
      bits += 8;
    }
    const value = held & mask;
    held >>>= width;
    bits -= width;
    if (value > max) max = value;
    out[i] = value;
  }
  return max;
}

/** 25 to 32 bits straddle five bytes, which a double holds exactly. */
function unpackWide(bytes: Uint8Array, position: number, { width, out, at, count }: BitRun): number {
  let max = 0;
  for (let i = 0, bit = 0; i < count; i++, bit += width) {
    const from = position + (bit >>> 3);
    let window = 0;
    for (let j = 4; j >= 0; j--) window = window * 256 + (bytes[from + j] ?? 0);
    const value = Math.floor(window / 2 ** (bit & 7)) % 2 ** width;
    if (value > max) max = value;
    out[at + i] = value;
  }
  return max;
}

function over(code: ParquetCode, value: number, limit: number): Error {
  const message =
    code === 'DICT_CONFLICT' ? 'a code is not in the dictionary' : 'a level is higher than the schema allows';
  return corrupt(code, message, { value, limit });
}
