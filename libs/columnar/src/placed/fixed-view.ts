import { assert } from '@ticklake/core';
import type { Address } from '@ticklake/kernels';
import type { Arena, ViewType } from '../arena/arena.js';
import type { FixedValues } from '../batch.js';
import { isFixedType, type DataType, type FixedType } from '../schema.js';
import type { Width } from './placed-column.js';

/** The array class that values of `type` live in, see `allocFixed`. */
export function viewTypeOf(type: FixedType): ViewType<FixedValues> {
  switch (type.kind) {
    case 'bool':
      return Uint8Array;
    case 'int':
      return type.signed ? SIGNED[type.bits] : UNSIGNED[type.bits];
    case 'float':
      return type.bits === 32 ? Float32Array : Float64Array;
    case 'timestamp':
      return BigInt64Array;
    case 'date':
      return Int32Array;
    case 'time':
      return type.unit === 'ms' ? Int32Array : BigInt64Array;
  }
}

const SIGNED = { 8: Int8Array, 16: Int16Array, 32: Int32Array, 64: BigInt64Array } as const;
const UNSIGNED = { 8: Uint8Array, 16: Uint16Array, 32: Uint32Array, 64: BigUint64Array } as const;

/** Bytes of one value of `type`. */
export function widthOf(type: FixedType): Width {
  return viewTypeOf(type).BYTES_PER_ELEMENT as Width;
}

/** `count` values of `type` at `address`. */
export function viewFixed(arena: Arena, type: DataType, address: Address, count: number): FixedValues {
  assert(isFixedType(type), 'fixed-width rows are of a fixed-width type');
  return arena.view(viewTypeOf(type), address, count);
}

/** Values `start … end` as the bytes they are. */
export function bytesOf(values: FixedValues, start: number, end: number): Uint8Array {
  const size = values.BYTES_PER_ELEMENT;
  return new Uint8Array(values.buffer, values.byteOffset + start * size, (end - start) * size);
}
