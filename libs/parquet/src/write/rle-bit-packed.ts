import { putByte, putVarint, reserve, writeInt32, type ByteBuffer } from './byte-buffer.js';

/** A run this long is cheaper as one value and a count; it is also the unit of bit packing. */
const GROUP = 8;

/** How many bits hold every number up to `max`. */
export function bitWidthOf(max: number): number {
  return 32 - Math.clz32(max);
}

/**
 * Appends `values[start … end)` in the format's mix of runs and bit-packed groups, `width` bits a value.
 * Every value is non-negative and fits `width`, which is 1 to 32.
 */
export function putRleBitPacked(
  buffer: ByteBuffer,
  values: Uint8Array | Int32Array,
  { start, end, width }: { readonly start: number; readonly end: number; readonly width: number },
): void {
  let at = start;
  while (at < end) {
    const runEnd = endOfRun(values, at, end);
    if (runEnd - at >= GROUP) {
      putRun(buffer, { value: values[at] as number, count: runEnd - at, width });
      at = runEnd;
      continue;
    }
    let packedEnd = at + GROUP;
    while (packedEnd < end && !startsRun(values, packedEnd, end)) packedEnd += GROUP;
    const groupCount = (packedEnd - at) / GROUP;
    putVarint(buffer, groupCount * 2 + 1);
    putBits(buffer, values, { start: at, end: Math.min(packedEnd, end), width });
    at = Math.min(packedEnd, end);
  }
}

/** A run of `count` times `value`. */
export function putRun(
  buffer: ByteBuffer,
  { value, count, width }: { readonly value: number; readonly count: number; readonly width: number },
): void {
  putVarint(buffer, count * 2);
  for (let bits = 0; bits < width; bits += 8) putByte(buffer, value >>> bits);
}

function endOfRun(values: Uint8Array | Int32Array, start: number, end: number): number {
  const value = values[start];
  let at = start + 1;
  while (at < end && values[at] === value) at++;
  return at;
}

function startsRun(values: Uint8Array | Int32Array, start: number, end: number): boolean {
  if (start + GROUP > end) return false;
  const value = values[start];
  for (let at = start + 1; at < start + GROUP; at++) if (values[at] !== value) return false;
  return true;
}

/** Bit-packs, least significant bit first; the last group is filled up with zeros. */
function putBits(
  buffer: ByteBuffer,
  values: Uint8Array | Int32Array,
  { start, end, width }: { readonly start: number; readonly end: number; readonly width: number },
): void {
  const size = Math.ceil((end - start) / GROUP) * width;
  reserve(buffer, size + 4);
  const { bytes } = buffer;
  const limit = buffer.length + size;
  let at = buffer.length;
  let pending = 0;
  let filled = 0;
  for (let i = start; i < end; i++) {
    const value = values[i] as number;
    pending |= value << filled;
    filled += width;
    if (filled < 32) continue;
    writeInt32(bytes, at, pending);
    at += 4;
    filled -= 32;
    pending = filled === 0 ? 0 : value >>> (width - filled);
  }
  // The spare four bytes take the zeros of an unfinished word; what lies past `limit` is written over later.
  for (; at < limit; at += 4) {
    writeInt32(bytes, at, pending);
    pending = 0;
  }
  buffer.length = limit;
}
