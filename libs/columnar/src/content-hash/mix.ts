/**
 * The four 32-bit numbers that a content hash works on. Held as signed integers, because that is what
 * JavaScript's 32-bit operators give; only their bits count.
 */
export type Lanes = readonly [number, number, number, number];

/** Stands for the length of a cell's value where there is no value. No byte string is that long. */
const NULL_LENGTH = 0xffffffff;

/** The finaliser of MurmurHash3 (32 bits): a bijection in which every input bit moves every output bit. */
export function fmix32(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * `lanes` changed by one 64-bit word. For given lanes it is one-to-one in the word, and for a given word
 * one-to-one in the lanes, so that a single difference is never lost on the way.
 */
export function mixWord([a, b, c, d]: Lanes, lo: number, hi: number): Lanes {
  const p = fmix32((lo + a) | 0);
  const q = fmix32(((hi ^ p) + b) | 0);
  const r = fmix32(((p + q) | 0) ^ c);
  const s = fmix32(((q + r) | 0) ^ d);
  return [(p + s) | 0, q, r, s];
}

/** `lanes` with the length of a value put in, which is done before its first word. */
function mixLength([a, b, c, d]: Lanes, length: number): Lanes {
  return [a, b, (c + length) | 0, d];
}

/** What a null cell adds to its row, given the seed of its column. */
export function nullLanes(seed: Lanes): Lanes {
  return mixWord(mixLength(seed, NULL_LENGTH), 0, 0);
}
