/** Blocks come in sizes of four steps to a doubling, so that what is given back fits what is asked for next. */
const STEPS = 4;

/** The number of the smallest size that there is: 256 bytes. */
const LEAST = 31;

/** So many sizes, from any one on, are at most half as large again: a free block of one may serve for another. */
export const ALIKE = 3;

/** The number of the smallest size that holds `sizeBytes`, at most 2^31. Sizes of higher numbers are larger. */
export function sizeClassOf(sizeBytes: number): number {
  if (sizeBytes <= 256) return LEAST;
  const doubling = 31 - Math.clz32(sizeBytes - 1);
  return STEPS * (doubling - 1) + Math.ceil(sizeBytes / (1 << (doubling - 2))) - 1;
}

const CLASS_COUNT = 128;

/** Looked up, since raising to a power takes longer than all else that finding a block does. */
const SIZES = Array.from(
  { length: CLASS_COUNT },
  (_, sizeClass) => (STEPS + 1 + (sizeClass % STEPS)) * 2 ** (Math.floor(sizeClass / STEPS) - 2),
);

/** The size that a number stands for: a multiple of 64. */
export function sizeOfClass(sizeClass: number): number {
  return SIZES[sizeClass] as number;
}
