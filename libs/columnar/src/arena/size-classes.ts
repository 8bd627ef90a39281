/** Sizes come in so many steps to a doubling: a block is at most a sixteenth larger than what was asked for. */
const STEPS = 16;
const STEP_BITS = 4;

/** The smallest size is 2^8 bytes, the largest 2^31. */
const LEAST_BITS = 8;
const MOST_BITS = 31;

/** How many sizes there are. Sizes of higher numbers are larger. */
export const CLASS_COUNT = (MOST_BITS - LEAST_BITS) * STEPS + 1;

/** The smallest size that there is. */
export const LEAST_BYTES = 2 ** LEAST_BITS;

/** Looked up, since raising to a power takes longer than all else that finding a block does. */
const SIZES = Array.from(
  { length: CLASS_COUNT },
  (_, sizeClass) =>
    (STEPS + (sizeClass % STEPS)) * 2 ** (Math.floor(sizeClass / STEPS) + LEAST_BITS - STEP_BITS),
);

/** The number of the smallest size that is a multiple of 64 and holds `sizeBytes`, at most 2^31. */
export function sizeClassOf(sizeBytes: number): number {
  if (sizeBytes <= LEAST_BYTES) return 0;
  return sizeClassWithin((sizeBytes - 1) | 63) + 1;
}

/** The number of the largest size that a block of `sizeBytes`, 256 to 2^31, can serve for. */
export function sizeClassWithin(sizeBytes: number): number {
  const doubling = 31 - Math.clz32(sizeBytes);
  const step = (sizeBytes >>> (doubling - STEP_BITS)) - STEPS;
  return (doubling - LEAST_BITS) * STEPS + step;
}

/** The size that a number stands for: a multiple of 16, and of 64 from 1,024 on. */
export function sizeOfClass(sizeClass: number): number {
  return SIZES[sizeClass] as number;
}
