// Fields of structs of Thrift's compact protocol, put down one after another, for structs of which there are so many that a writer with
// closures for each would take longer than what it writes.
import {
  putByte,
  putBytes,
  putVarint,
  reserve,
  VARINT_BYTES_MAX,
  writeVarint,
  type ByteBuffer,
} from './byte-buffer.js';

/** Types, as they stand behind the step from one field's id to the next. */
export const FIELD = { true: 1, false: 2, i8: 3, i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const;

/** Ends a struct. */
export const STOP = 0;

/** A number that is not negative; `step`: from the id of the field before. */
export function putInt(out: ByteBuffer, step: number, type: number, value: number): void {
  reserve(out, INT_BYTES_MAX);
  out.length = writeInt(out.bytes, out.length, (step << 4) | type, value);
}

/** More than such a number takes. */
export const INT_BYTES_MAX = 1 + VARINT_BYTES_MAX;

/** One at `at`, behind `head`: its step and type; returns where it ends. For loops that make room for all that they put down at once. */
export function writeInt(bytes: Uint8Array, at: number, head: number, value: number): number {
  bytes[at] = head;
  return writeVarint(bytes, at + 1, value * 2);
}

/** Bytes, behind their length. */
export function putBinary(out: ByteBuffer, value: Uint8Array): void {
  putVarint(out, value.length);
  putBytes(out, value);
}

/** What a list of `count` elements begins with. */
export function putList(out: ByteBuffer, step: number, type: number, count: number): void {
  putByte(out, (step << 4) | FIELD.list);
  putListHead(out, type, count);
}

/** The same without its field. */
export function putListHead(out: ByteBuffer, type: number, count: number): void {
  putByte(out, (Math.min(count, 15) << 4) | type);
  if (count >= 15) putVarint(out, count);
}

/** Of numbers that are not negative, arithmetic, so that offsets past 2^31 survive. */
export function putZigzag(out: ByteBuffer, value: number): void {
  putVarint(out, value * 2);
}
