import type { FixedValues } from './batch.js';

/** The raw bits of fixed-width values; a 64-bit value is two words, low half first. */
export interface FixedWords {
  readonly words: Uint8Array | Uint16Array | Uint32Array;
  /** 2 for 64-bit values, else 1. */
  readonly perValue: 1 | 2;
}

/**
 * The same memory as unsigned integers of at most 32 bits. Loops that move values through it allocate no bigint and
 * never pass a float through a register that could quieten a NaN.
 */
export function fixedWords(values: FixedValues): FixedWords {
  const { buffer, byteOffset, length } = values;
  switch (values.BYTES_PER_ELEMENT) {
    case 1:
      return { words: new Uint8Array(buffer, byteOffset, length), perValue: 1 };
    case 2:
      return { words: new Uint16Array(buffer, byteOffset, length), perValue: 1 };
    case 4:
      return { words: new Uint32Array(buffer, byteOffset, length), perValue: 1 };
    default:
      return { words: new Uint32Array(buffer, byteOffset, length * 2), perValue: 2 };
  }
}
