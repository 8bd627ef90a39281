import type { FixedValues } from './batch.js';
import type { FixedType } from './schema.js';

/**
 * `count` zeroed values in the array that `type` lives in: bool and uint8 in a Uint8Array, int8…uint32 and floats in
 * their own, date and time[ms] in an Int32Array, uint64 in a BigUint64Array, and int64, every timestamp, time[us] and
 * time[ns] in a BigInt64Array. The caller owns the result and may write to it until it becomes part of a column.
 */
export function allocFixed(type: FixedType, count: number): FixedValues {
  switch (type.kind) {
    case 'bool':
      return new Uint8Array(count);
    case 'int':
      return allocInt(type.bits, type.signed, count);
    case 'float':
      return type.bits === 32 ? new Float32Array(count) : new Float64Array(count);
    case 'timestamp':
      return new BigInt64Array(count);
    case 'date':
      return new Int32Array(count);
    case 'time':
      return type.unit === 'ms' ? new Int32Array(count) : new BigInt64Array(count);
  }
}

function allocInt(bits: 8 | 16 | 32 | 64, signed: boolean, count: number): FixedValues {
  switch (bits) {
    case 8:
      return signed ? new Int8Array(count) : new Uint8Array(count);
    case 16:
      return signed ? new Int16Array(count) : new Uint16Array(count);
    case 32:
      return signed ? new Int32Array(count) : new Uint32Array(count);
    case 64:
      return signed ? new BigInt64Array(count) : new BigUint64Array(count);
  }
}
