import type { Random } from '../spool/random.js';

/** One of `items`, each as likely as the others. */
export function oneOf<T>(random: Random, items: readonly T[]): T {
  return items[random.below(items.length)] as T;
}

/** True once in `1 / share` times. */
export function chance(random: Random, share: number): boolean {
  return random.next() < share;
}

/** A number from `min` to `max`, both included. */
export function between(random: Random, min: number, max: number): number {
  return min + random.below(max - min + 1);
}

/** An unsigned integer of `bits` random bits. */
export function randomBits(random: Random, bits: number): bigint {
  let value = 0n;
  for (let have = 0; have < bits; have += 32) value = (value << 32n) | BigInt(random.below(2 ** 32));
  return BigInt.asUintN(bits, value);
}
