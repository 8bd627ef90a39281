import { assert } from '@ticklake/core';

import { minimalDecimal } from './minimal-decimals.js';
import type { BytesColumn } from '../batch.js';
import type { DataType, NestedType } from '../schema.js';

/** Nested rows as byte strings that depend on type and value alone, one row after another. */
export function nestedBytes(type: NestedType, rows: readonly unknown[]): BytesColumn {
  const offsets = new Uint32Array(rows.length + 1);
  const validity = new Uint8Array(rows.length);
  const parts: Uint8Array[] = [];
  let size = 0;
  const write = (bytes: Uint8Array) => {
    parts.push(bytes);
    size += bytes.length;
  };
  rows.forEach((row, index) => {
    if (row !== null) {
      validity[index] = 1;
      writeValue(type, row, write);
    }
    offsets[index + 1] = size;
  });
  return { layout: 'bytes', values: { offsets, data: Buffer.concat(parts, size) }, validity };
}

type Write = (bytes: Uint8Array) => void;

const ABSENT = Uint8Array.of(0);
const PRESENT = Uint8Array.of(1);

function writeElement(type: DataType, value: unknown, write: Write): void {
  if (value === null || value === undefined) {
    write(ABSENT);
    return;
  }
  write(PRESENT);
  writeValue(type, value, write);
}

function writeValue(type: DataType, value: unknown, write: Write): void {
  switch (type.kind) {
    case 'utf8':
      return writeBytes(typeof value === 'string' ? Buffer.from(value, 'utf8') : value, write);
    case 'bytes':
      return writeBytes(value, write);
    case 'decimal':
      assert(value instanceof Uint8Array, 'a decimal is bytes');
      return writeBytes(minimalDecimal(value), write);
    case 'float':
      return write(floatWord(type.bits, Number(value)));
    case 'nested':
      return writeNested(type, value, write);
    default:
      return write(integerWord(value));
  }
}

function writeNested(type: NestedType, value: unknown, write: Write): void {
  assert(Array.isArray(value), 'a nested value is an array');
  const items: readonly unknown[] = value;
  if (type.shape === 'struct') {
    type.children.forEach((child, i) => writeElement(child.type, items[i], write));
    return;
  }
  write(uint32(items.length));
  for (const item of items) {
    const cells: readonly unknown[] = type.shape === 'map' && Array.isArray(item) ? item : [item];
    type.children.forEach((child, i) => writeElement(child.type, cells[i], write));
  }
}

function writeBytes(value: unknown, write: Write): void {
  assert(value instanceof Uint8Array, 'text and bytes are bytes');
  write(uint32(value.length));
  write(value);
}

function uint32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function integerWord(value: unknown): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value as number | bigint | boolean)));
  return bytes;
}

/** Every NaN is the quiet one: a NaN's payload does not survive being a plain number. */
function floatWord(bits: 32 | 64, value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  if (Number.isNaN(value)) bytes.writeBigUInt64LE(bits === 32 ? 0x7fc00000n : 0x7ff8000000000000n);
  else if (bits === 32) bytes.writeFloatLE(value);
  else bytes.writeDoubleLE(value);
  return bytes;
}
