/** One order column of a piece as 32-bit words of the same memory: row `r` has its low half at `2r`, its high at `2r + 1`. */
export interface KeyWords {
  readonly high: Int32Array;
  readonly low: Uint32Array;
}

/** Signed high halves and unsigned low halves order like the integers, and cost no bigint per row. */
export function keyWords(keys: BigInt64Array): KeyWords {
  return {
    high: new Int32Array(keys.buffer, keys.byteOffset, keys.length * 2),
    low: new Uint32Array(keys.buffer, keys.byteOffset, keys.length * 2),
  };
}

/** Stands for a column or a piece that is not there. */
export const NO_KEYS: KeyWords = keyWords(new BigInt64Array(0));
