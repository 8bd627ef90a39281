import { corrupt } from '../format/corrupt.js';
import { readVarint, type Span } from './hybrid.js';
import type { Dense } from './physical.js';

/**
 * `count` DELTA_BINARY_PACKED integers; arithmetic wraps at the width of the type, as the format says.
 *
 * @throws LakeError `corrupt` (`PAGE_CORRUPT`).
 */
export function decodeDelta32(span: Span, count: number): Int32Array {
  const values = new Int32Array(count);
  decodeDelta(span, { count, low: values, high: undefined, stride: 1 });
  return values;
}

/** The same for 64 bits, on halves of 32: one bigint per value would be many times slower. */
export function decodeDelta64(span: Span, count: number): BigInt64Array {
  const values = new BigInt64Array(count);
  const halves = new Int32Array(values.buffer);
  decodeDelta(span, { count, low: halves, high: halves.subarray(1), stride: 2 });
  return values;
}

/** Byte arrays whose lengths stand first, as one DELTA_BINARY_PACKED list. @throws LakeError `corrupt`. */
export function decodeDeltaLengths(span: Span, count: number): Dense {
  const lengths = decodeDelta32(span, count);
  const offsets = new Uint32Array(count + 1);
  const room = span.end - span.position;
  let at = 0;
  for (let i = 0; i < count; i++) {
    const length = lengths[i] as number;
    if (length < 0 || length > room - at)
      throw corrupt('PAGE_CORRUPT', 'a value passes the end of its page', { length });
    at += length;
    offsets[i + 1] = at;
  }
  if (at !== room) throw corrupt('PAGE_CORRUPT', 'bytes follow the values of a page', { extra: room - at });
  return { layout: 'bytes', values: { offsets, data: span.bytes.subarray(span.position, span.end) } };
}

/**
 * Byte arrays that repeat the front of the one before. A page can expand without bound, so `sizeMax` holds it.
 *
 * @throws LakeError `corrupt` (`PAGE_CORRUPT`, `LIMIT`).
 */
export function decodeDeltaBytes(span: Span, count: number, sizeMax: number): Dense {
  const prefixes = decodeDelta32(span, count);
  const suffixes = decodeDelta32(span, count);
  const offsets = new Uint32Array(count + 1);
  let size = 0;
  let before = 0;
  for (let i = 0; i < count; i++) {
    const prefix = prefixes[i] as number;
    const suffix = suffixes[i] as number;
    if (prefix < 0 || prefix > before || suffix < 0) {
      throw corrupt('PAGE_CORRUPT', 'a value repeats more than there is', { prefix, suffix, before });
    }
    before = prefix + suffix;
    size += before;
    if (size > sizeMax) throw corrupt('LIMIT', 'a page expands too much', { value: size, max: sizeMax });
    offsets[i + 1] = size;
  }
  const data = new Uint8Array(size);
  let position = span.position;
  for (let i = 0; i < count; i++) {
    const at = offsets[i] as number;
    const prefix = prefixes[i] as number;
    const suffix = suffixes[i] as number;
    if (suffix > span.end - position)
      throw corrupt('PAGE_CORRUPT', 'a value passes the end of its page', { suffix });
    if (prefix > 0) data.copyWithin(at, offsets[i - 1] as number, (offsets[i - 1] as number) + prefix);
    data.set(span.bytes.subarray(position, position + suffix), at + prefix);
    position += suffix;
  }
  if (position !== span.end) {
    throw corrupt('PAGE_CORRUPT', 'bytes follow the values of a page', { extra: span.end - position });
  }
  return { layout: 'bytes', values: { offsets, data } };
}

interface Target {
  readonly count: number;
  readonly low: Int32Array;
  /** Absent for 32-bit values. */
  readonly high: Int32Array | undefined;
  readonly stride: 1 | 2;
}

function decodeDelta(span: Span, target: Target): void {
  const blockSize = readVarint(span);
  const miniCount = readVarint(span);
  const total = readVarint(span);
  const first = readLong(span);
  const { count } = target;
  const miniSize = blockSize / miniCount;
  if (blockSize === 0 || blockSize % 128 !== 0 || miniCount === 0 || miniSize % 8 !== 0) {
    throw corrupt('PAGE_CORRUPT', 'an impossible delta block', { blockSize, miniCount });
  }
  if (total !== count) throw corrupt('PAGE_CORRUPT', 'deltas of another number of values', { total, count });
  if (count === 0) return;
  const state: State = { low: first.low, high: first.high, at: 1 };
  store(target, 0, state);
  while (state.at < count) {
    const least = readLong(span);
    const widths = span.position;
    if (miniCount > span.end - widths) throw corrupt('PAGE_CORRUPT', 'bytes end inside a delta block');
    span.position += miniCount;
    for (let mini = 0; mini < miniCount && state.at < count; mini++) {
      const width = span.bytes[widths + mini] as number;
      const used = Math.min(miniSize, count - state.at);
      const size = (miniSize / 8) * width;
      if (width > 64 || Math.ceil((used * width) / 8) > span.end - span.position) {
        throw corrupt('PAGE_CORRUPT', 'bytes end inside a delta block', { width });
      }
      if (target.high === undefined) addShort(span, { width, used, least }, target, state);
      else addLong(span, { width, used, least }, target, state);
      span.position = Math.min(span.position + size, span.end);
    }
  }
}

interface Long {
  readonly low: number;
  readonly high: number;
}

/** The value reached so far, in two halves of 32 bits, and how many are done. */
interface State {
  low: number;
  high: number;
  at: number;
}

interface Mini {
  readonly width: number;
  readonly used: number;
  readonly least: Long;
}

function store({ low, high, stride }: Target, at: number, value: Long): void {
  low[at * stride] = value.low;
  if (high !== undefined) high[at * stride] = value.high;
}

/** Only the low halves matter, since everything wraps at 32 bits. */
function addShort(span: Span, { width, used, least }: Mini, { low }: Target, state: State): void {
  let value = state.low;
  for (let i = 0, bit = 0; i < used; i++, bit += width) {
    value = (value + least.low + bitsAt(span, bit, Math.min(width, 32))) | 0;
    low[state.at++] = value;
  }
  state.low = value;
}

function addLong(span: Span, { width, used, least }: Mini, { low, high }: Target, state: State): void {
  let valueLow = state.low;
  let valueHigh = state.high;
  let out = state.at * 2;
  const lowWidth = Math.min(width, 32);
  const highs = high as Int32Array;
  for (let i = 0, bit = 0; i < used; i++, bit += width) {
    const deltaLow = width === 0 ? 0 : bitsAt(span, bit, lowWidth);
    const deltaHigh = width > 32 ? bitsAt(span, bit + 32, width - 32) : 0;
    const sum = (valueLow >>> 0) + (least.low >>> 0) + deltaLow;
    // The sum of three 32-bit numbers carries at most 2.
    valueHigh = (valueHigh + least.high + deltaHigh + Math.floor(sum / 0x100000000)) | 0;
    valueLow = sum | 0;
    low[out] = valueLow;
    highs[out] = valueHigh;
    out += 2;
  }
  state.low = valueLow;
  state.high = valueHigh;
  state.at += used;
}

/** `width` ≤ 32 bits from bit `bit` after the span's position, as an unsigned number. */
function bitsAt({ bytes, position }: Span, bit: number, width: number): number {
  let from = position + (bit >>> 3);
  const skip = bit & 7;
  if (skip + width <= 24) {
    const held = (bytes[from] as number) | ((bytes[from + 1] ?? 0) << 8) | ((bytes[from + 2] ?? 0) << 16);
    return (held >>> skip) & ((1 << width) - 1);
  }
  let held = 0;
  let scale = 1;
  for (let got = 0; got < skip + width; got += 8) {
    held += (bytes[from++] ?? 0) * scale;
    scale *= 256;
  }
  return Math.floor(held / 2 ** skip) % 2 ** width;
}

/** A zigzag varint of at most ten bytes, in halves. */
function readLong(span: Span): Long {
  let low = 0;
  let high = 0;
  for (let shift = 0; shift < 70; shift += 7) {
    if (span.position >= span.end) throw corrupt('PAGE_CORRUPT', 'bytes end inside a number');
    const byte = span.bytes[span.position++] as number;
    const bits = byte & 127;
    if (shift < 28) low |= bits << shift;
    else if (shift === 28) {
      low |= bits << 28;
      high |= bits >> 4;
    } else high |= bits << (shift - 32);
    if (byte < 128) {
      const sign = -(low & 1);
      return { low: ((low >>> 1) | (high << 31)) ^ sign, high: (high >>> 1) ^ sign };
    }
  }
  throw corrupt('PAGE_CORRUPT', 'a varint is too long');
}
