import { LakeError } from '@ticklake/core';
import type { Leaf } from './leaf.js';

/** @throws LakeError `invalid` unless a value of `length` bytes fits the fixed size of `leaf`. */
export function fitsLeaf(length: number, leaf: Leaf): void {
  if (length === leaf.sizeBytes) return;
  throw new LakeError('invalid', 'a value has another size than its column', {
    details: { column: leaf.path.join('.'), sizeBytes: length, columnSizeBytes: leaf.sizeBytes },
  });
}

/**
 * Writes the big-endian two's complement integer `value` into all of `target`, so that equal numbers of different
 * length are equal bytes.
 *
 * @throws LakeError `invalid` when `value` does not fit.
 */
export function toFixedDecimal(value: Uint8Array, target: Uint8Array, leaf: Leaf): void {
  const sign = (value[0] ?? 0) & 0x80 ? 0xff : 0;
  const surplus = value.length - target.length;
  let fits = true;
  for (let i = 0; i < surplus; i++) fits &&= value[i] === sign;
  if (surplus > 0) fits &&= ((value[surplus] as number) & 0x80) === (sign & 0x80);
  if (!fits) {
    throw new LakeError('invalid', 'a decimal does not fit its precision', {
      details: { column: leaf.path.join('.'), sizeBytes: value.length, columnSizeBytes: leaf.sizeBytes },
    });
  }
  target.fill(sign, 0, Math.max(0, -surplus));
  target.set(value.subarray(Math.max(0, surplus)), Math.max(0, -surplus));
}
