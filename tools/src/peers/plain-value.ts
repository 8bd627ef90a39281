import { toHex } from '@ticklake/core';
import type { ColumnType, FlatType } from './column-type.js';

/**
 * A value as the format stores it, whoever wrote or read it: integers, dates, times and unscaled decimals as bigint,
 * floats as the bigint of their bits, text and bytes as bytes. A struct is its children's values in order, a list its
 * elements, a map pairs of key and value.
 */
export type PlainValue = null | boolean | bigint | Uint8Array | readonly PlainValue[];

const NANOS = { ms: 1_000_000n, us: 1_000n, ns: 1n };
const CANONICAL_NAN = { 32: 0x7fc00000n, 64: 0x7ff8000000000000n };

/** The one text of a value. Times are in nanoseconds whatever their unit, because some readers change it. */
export function plainText(type: ColumnType, value: PlainValue): string {
  if (value === null) return 'null';
  if ('shape' in type) return nestedText(type, value as readonly PlainValue[]);
  if (typeof value === 'boolean') return String(value);
  if (value instanceof Uint8Array) return toHex(value);
  const { data } = type;
  if (data.kind === 'float') return bitsText(data.bits, value as bigint);
  if (data.kind === 'time' || data.kind === 'timestamp') return String((value as bigint) * NANOS[data.unit]);
  return String(value as bigint);
}

/** Bits of a float as text of one width. */
export function bitsText(bits: 32 | 64, value: bigint | number): string {
  return value.toString(16).padStart(bits / 4, '0');
}

/** The text of a float that a reader gives as a number, which keeps every bit but the payload of a NaN. */
export function numberText(bits: 32 | 64, value: number): string {
  return bitsText(bits, floatBits(bits, value));
}

const cell = new DataView(new ArrayBuffer(8));

/** The bits of `value` in a float of `bits` bits; every NaN has the same. */
export function floatBits(bits: 32 | 64, value: number): bigint {
  if (Number.isNaN(value)) return CANONICAL_NAN[bits];
  if (bits === 64) {
    cell.setFloat64(0, value);
    return cell.getBigUint64(0);
  }
  cell.setFloat32(0, value);
  return BigInt(cell.getUint32(0));
}

/** The number whose bits are `value`. */
export function floatOf(bits: 32 | 64, value: bigint): number {
  if (bits === 64) {
    cell.setBigUint64(0, value);
    return cell.getFloat64(0);
  }
  cell.setUint32(0, Number(value));
  return cell.getFloat32(0);
}

/** A big-endian two's-complement integer of any length. */
export function unscaledOf(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${toHex(bytes)}`));
}

/** `value` as big-endian two's complement, in at least `lengthMin` bytes. */
export function bigEndian(value: bigint, lengthMin: number): Uint8Array {
  let length = Math.max(1, lengthMin);
  while (BigInt.asIntN(length * 8, value) !== value) length++;
  const hex = BigInt.asUintN(length * 8, value).toString(16);
  return Buffer.from(hex.padStart(length * 2, '0'), 'hex');
}

/** How many nanoseconds one unit of a time or timestamp is; 1 for everything else. */
export function nanosPerUnit(data: FlatType): bigint {
  return data.kind === 'time' || data.kind === 'timestamp' ? NANOS[data.unit] : 1n;
}

function nestedText(type: Extract<ColumnType, { shape: string }>, value: readonly PlainValue[]): string {
  const child = (index: number) => type.children[index]?.type as ColumnType;
  if (type.shape === 'struct') return `{${value.map((item, i) => plainText(child(i), item)).join()}}`;
  if (type.shape === 'list') return `[${value.map((item) => plainText(child(0), item)).join()}]`;
  const entries = value.map((entry) => entry as readonly [PlainValue, PlainValue]);
  return `<${entries.map(([key, item]) => `${plainText(child(0), key)}:${plainText(child(1), item)}`).join()}>`;
}
