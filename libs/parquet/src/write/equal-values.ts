import { withBlock, type Arena } from '@ticklake/columnar';
import type { Address } from '@ticklake/kernels';

/** So many equal values and more are one run. */
const RUN_MIN = 8;

/** Writes equal values of `width` bits as runs and groups, and returns how many bytes that took: the same as of values one by one. */
export function putEqual(
  arena: Arena,
  to: Address,
  { value, width, count }: { readonly value: number; readonly width: number; readonly count: number },
): number {
  if (count < RUN_MIN) {
    return withBlock(arena, count * 4, (words) => {
      arena.view(Uint32Array, words, count).fill(value);
      return arena.kernels.hybridWrite(words, count, width, to);
    });
  }
  const { bytes } = arena;
  let at = to;
  let rest = count * 2;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes[at++] = rest % 0x80 | 0x80;
  bytes[at++] = rest;
  for (let shift = 0; shift < width; shift += 8) bytes[at++] = value >>> shift;
  return at - to;
}
