/** A stream of numbers that depends on its seed alone, the same on every machine. */
export interface Random {
  /** At least 0, less than 1, in steps of 2⁻³². */
  next(): number;
  /** An integer from 0 to `limit - 1`. */
  below(limit: number): number;
}

/** Weyl sequence through a 32-bit finaliser: enough for test data, nothing else. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let word = state;
    word = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    return ((word ^ (word >>> 15)) >>> 0) / 2 ** 32;
  };
  return { next, below: (limit) => Math.floor(next() * limit) };
}
