import type { FixedValues } from './batch.js';

/** `count` zeroed values in an array of the same kind as `values`. */
export function allocLike(values: FixedValues, count: number): FixedValues {
  if (values instanceof Uint8Array) return new Uint8Array(count);
  if (values instanceof Int8Array) return new Int8Array(count);
  if (values instanceof Int16Array) return new Int16Array(count);
  if (values instanceof Uint16Array) return new Uint16Array(count);
  if (values instanceof Int32Array) return new Int32Array(count);
  if (values instanceof Uint32Array) return new Uint32Array(count);
  if (values instanceof BigInt64Array) return new BigInt64Array(count);
  if (values instanceof BigUint64Array) return new BigUint64Array(count);
  return values instanceof Float32Array ? new Float32Array(count) : new Float64Array(count);
}
