import type { Address } from './kernels.js';

/** Byte strings as pages store them. Offsets, ends and lengths are words of 32 bits. */
export interface BytesKernels {
  /**
   * `count` values that stand from `at`, within `end`, each behind its length, to their bytes without the lengths and to
   * their ends, to each of which `base` is added. Returns where the next value begins; 0 when the bytes end before the
   * values do or `room` bytes are not enough for them.
   */
  splitBytes(
    at: Address,
    end: Address,
    count: number,
    ends: Address,
    base: number,
    to: Address,
    room: number,
  ): Address;
  /**
   * Lengths to ends, to each of which `base` is added. Returns how many bytes there are; −1 when a length is negative or
   * they pass `room`.
   */
  endsOf(lengths: Address, count: number, base: number, room: number, ends: Address): number;
  /** `count + 1` offsets to `count` lengths. */
  lengthsOf(offsets: Address, count: number, to: Address): void;
  /** The first of `count` values that begins inside a UTF-8 character, or `count`. */
  splitCharacter(offsets: Address, data: Address, count: number): number;
  /**
   * Writes the numbers of the first least and the first greatest of at least one value, in order of their bytes, a shorter one first
   * where it is the front of the other. Bits of `flip` are inverted in every first byte: 0x80 for two's complement.
   */
  boundsBytes(offsets: Address, data: Address, count: number, flip: number, to: Address): void;
}
