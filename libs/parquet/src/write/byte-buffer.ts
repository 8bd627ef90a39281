/** Bytes under construction: `bytes[0 … length)` is what was written so far. Hot loops use the fields directly. */
export interface ByteBuffer {
  bytes: Uint8Array;
  length: number;
}

/** An empty buffer with room for `capacity` bytes. */
export function createByteBuffer(capacity: number): ByteBuffer {
  return { bytes: new Uint8Array(capacity), length: 0 };
}

/** Makes room for `count` more bytes; `buffer.bytes` may be another array afterwards. */
export function reserve(buffer: ByteBuffer, count: number): void {
  const needed = buffer.length + count;
  if (needed <= buffer.bytes.length) return;
  const grown = new Uint8Array(Math.max(needed, buffer.bytes.length * 2));
  grown.set(buffer.bytes.subarray(0, buffer.length));
  buffer.bytes = grown;
}

/** Appends `bytes`. */
export function putBytes(buffer: ByteBuffer, bytes: Uint8Array): void {
  reserve(buffer, bytes.length);
  buffer.bytes.set(bytes, buffer.length);
  buffer.length += bytes.length;
}

/** Appends one byte. */
export function putByte(buffer: ByteBuffer, byte: number): void {
  reserve(buffer, 1);
  buffer.bytes[buffer.length++] = byte;
}

/** More than any varint takes. */
export const VARINT_BYTES_MAX = 10;

/** Appends a non-negative safe integer, seven bits a byte. */
export function putVarint(buffer: ByteBuffer, value: number): void {
  reserve(buffer, VARINT_BYTES_MAX);
  buffer.length = writeVarint(buffer.bytes, buffer.length, value);
}

/** Writes one at `at`; returns where it ends. */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let end = at;
  let rest = value;
  // Bits of a larger number would be cut off.
  while (rest > 0x7fff_ffff) {
    bytes[end++] = rest % 0x80 | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  while (rest >= 0x80) {
    bytes[end++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[end++] = rest;
  return end;
}

/** A copy of what was written, for a receiver that may keep it. */
export function takeBytes(buffer: ByteBuffer): Uint8Array {
  return buffer.bytes.slice(0, buffer.length);
}

/** What was written, as a view that the next write may change. */
export function viewBytes(buffer: ByteBuffer): Uint8Array {
  return buffer.bytes.subarray(0, buffer.length);
}
