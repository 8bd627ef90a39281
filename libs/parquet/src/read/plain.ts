import { PHYSICAL } from '../format/constants.js';
import { corrupt } from '../format/corrupt.js';
import type { Span } from './hybrid.js';
import { evenBytes, wordsOf, type Dense } from './physical.js';

/** What a decoder must know about a leaf. */
export interface PhysicalType {
  readonly physical: number;
  readonly typeLength: number;
}

/**
 * `count` PLAIN values, which must take all the bytes (G11). Numbers are a view of them where alignment allows.
 *
 * @throws LakeError `corrupt` (`PAGE_CORRUPT`, `UNSUPPORTED`).
 */
export function decodePlain({ physical, typeLength }: PhysicalType, span: Span, count: number): Dense {
  switch (physical) {
    case PHYSICAL.BOOLEAN:
      return { layout: 'fixed', values: decodeBits(span, count) };
    case PHYSICAL.INT96:
      return { layout: 'fixed', values: decodeInt96(takeBytes(span, count, 12), count) };
    case PHYSICAL.BYTE_ARRAY:
      return decodeByteArrays(span, count);
    case PHYSICAL.FIXED_LEN_BYTE_ARRAY: {
      const data = takeBytes(span, count, typeLength);
      return { layout: 'bytes', values: evenBytes(data, { count, sizeBytes: typeLength }) };
    }
    default:
      return fixedWords(physical, takeBytes(span, count, wordSize(physical)));
  }
}

/** Bytes of one value of a numeric physical type. */
export function wordSize(physical: number): 4 | 8 {
  return physical === PHYSICAL.INT64 || physical === PHYSICAL.DOUBLE ? 8 : 4;
}

/** Little-endian bytes as the numbers of a physical type. */
export function fixedWords(physical: number, bytes: Uint8Array): Dense {
  switch (physical) {
    case PHYSICAL.INT32:
      return { layout: 'fixed', values: wordsOf(bytes, Int32Array) };
    case PHYSICAL.INT64:
      return { layout: 'fixed', values: wordsOf(bytes, BigInt64Array) };
    case PHYSICAL.FLOAT:
      return { layout: 'fixed', values: wordsOf(bytes, Float32Array) };
    default:
      return { layout: 'fixed', values: wordsOf(bytes, Float64Array) };
  }
}

/** All bytes that are left, which must be those of `count` values. */
export function takeBytes(span: Span, count: number, sizeBytes: number): Uint8Array {
  const room = span.end - span.position;
  if (room !== count * sizeBytes) {
    throw corrupt('PAGE_CORRUPT', 'a page has another size than its values', { room, count, sizeBytes });
  }
  return span.bytes.subarray(span.position, span.end);
}

function decodeBits(span: Span, count: number): Uint8Array {
  const room = span.end - span.position;
  if (room !== Math.ceil(count / 8)) {
    throw corrupt('PAGE_CORRUPT', 'a page has another size than its values', { room, count });
  }
  const values = new Uint8Array(count);
  const { bytes, position } = span;
  for (let i = 0; i < count; i++) values[i] = ((bytes[position + (i >> 3)] as number) >> (i & 7)) & 1;
  return values;
}

const JULIAN_EPOCH_DAY = 2_440_588;
const NANOS_PER_DAY = 86_400_000_000_000n;

/** Nanoseconds of the day and a Julian day, as nanoseconds since 1970. */
function decodeInt96(bytes: Uint8Array, count: number): BigInt64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new BigInt64Array(count);
  for (let i = 0; i < count; i++) {
    const day = view.getInt32(i * 12 + 8, true) - JULIAN_EPOCH_DAY;
    const value = BigInt(day) * NANOS_PER_DAY + view.getBigInt64(i * 12, true);
    if (BigInt.asIntN(64, value) !== value) {
      throw corrupt('UNSUPPORTED', 'an int96 timestamp is outside the range of nanoseconds', { day });
    }
    values[i] = value;
  }
  return values;
}

/** Lengths and bytes alternate, so the lengths say how much is text before anything is copied. */
function decodeByteArrays(span: Span, count: number): Dense {
  const { bytes, end } = span;
  const size = end - span.position - 4 * count;
  if (size < 0) throw corrupt('PAGE_CORRUPT', 'a page has another size than its values', { count });
  const offsets = new Uint32Array(count + 1);
  const data = new Uint8Array(size);
  let position = span.position;
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (end - position < 4) throw corrupt('PAGE_CORRUPT', 'bytes end inside a length');
    const length =
      ((bytes[position] as number) |
        ((bytes[position + 1] as number) << 8) |
        ((bytes[position + 2] as number) << 16) |
        ((bytes[position + 3] as number) << 24)) >>>
      0;
    position += 4;
    if (length > end - position)
      throw corrupt('PAGE_CORRUPT', 'a value passes the end of its page', { length });
    // A page that lies about its count runs out of room for values before it runs out of bytes.
    if (length > size - at)
      throw corrupt('PAGE_CORRUPT', 'a page has another size than its values', { count });
    copyBytes(bytes, position, { to: data, at, length });
    position += length;
    at += length;
    offsets[i + 1] = at;
  }
  if (position !== end)
    throw corrupt('PAGE_CORRUPT', 'bytes follow the values of a page', { extra: end - position });
  return { layout: 'bytes', values: { offsets, data } };
}

/** A call costs more than copying a short value byte by byte. */
const SHORT = 24;

function copyBytes(
  from: Uint8Array,
  start: number,
  { to, at, length }: { to: Uint8Array; at: number; length: number },
): void {
  if (length > SHORT) to.set(from.subarray(start, start + length), at);
  else for (let j = 0; j < length; j++) to[at + j] = from[start + j] as number;
}
