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

/** Appends a 32-bit integer, least significant byte first. */
export function putInt32(buffer: ByteBuffer, value: number): void {
  reserve(buffer, 4);
  writeInt32(buffer.bytes, buffer.length, value);
  buffer.length += 4;
}

/** Writes a 32-bit integer at `at`, least significant byte first. */
export function writeInt32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

/** Appends a non-negative safe integer, seven bits a byte. */
export function putVarint(buffer: ByteBuffer, value: number): void {
  reserve(buffer, 8);
  let rest = value;
  while (rest >= 0x80) {
    buffer.bytes[buffer.length++] = rest % 0x80 | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  buffer.bytes[buffer.length++] = rest;
}

/** Appends the signed 64-bit integer of words `low` and `high`, zigzag, seven bits a byte. */
export function putZigzag64(buffer: ByteBuffer, low: number, high: number): void {
  const sign = high >> 31;
  let zigLow = ((low << 1) ^ sign) >>> 0;
  let zigHigh = (((high << 1) | (low >>> 31)) ^ sign) >>> 0;
  reserve(buffer, 10);
  while (zigHigh !== 0 || zigLow >= 0x80) {
    buffer.bytes[buffer.length++] = (zigLow & 0x7f) | 0x80;
    zigLow = ((zigLow >>> 7) | (zigHigh << 25)) >>> 0;
    zigHigh >>>= 7;
  }
  buffer.bytes[buffer.length++] = zigLow;
}

/** A copy of what was written, for a receiver that may keep it. */
export function takeBytes(buffer: ByteBuffer): Uint8Array {
  return buffer.bytes.slice(0, buffer.length);
}

/** What was written, as a view that the next write may change. */
export function viewBytes(buffer: ByteBuffer): Uint8Array {
  return buffer.bytes.subarray(0, buffer.length);
}
