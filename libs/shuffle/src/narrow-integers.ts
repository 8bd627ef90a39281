/** Distances reach as far below the first value as above it. */
const HALF = 2 ** 31;

/**
 * Puts 64-bit integers, as halves in memory order, to 32 bits each, their distances from one: times and numbers of trades that follow each
 * other hardly differ.
 *
 * @returns The halves of the integer whose distance is 0; `undefined` where a value is too far from the first, and nothing is told then.
 */
export function narrowWords(
  values: Uint32Array,
  to: Uint32Array,
): readonly [low: number, high: number] | undefined {
  const count = values.length / 2;
  if (count === 0) return undefined;
  const first = values[0] as number;
  const low = (first - HALF) >>> 0;
  const high = ((values[1] as number) - (first < HALF ? 1 : 0)) >>> 0;
  let differing = 0;
  for (let i = 0; i < count; i++) {
    const half = values[2 * i] as number;
    differing |= (values[2 * i + 1] as number) - high - (half < low ? 1 : 0);
    to[i] = half - low;
  }
  return differing === 0 ? [low, high] : undefined;
}

/** The integers of which {@link narrowWords} has made distances. */
export function widenWords(from: Uint32Array, [low, high]: readonly [number, number], to: Uint32Array): void {
  for (let i = 0; i < from.length; i++) {
    const half = ((from[i] as number) + low) >>> 0;
    to[2 * i] = half;
    to[2 * i + 1] = high + (half < low ? 1 : 0);
  }
}
