import type { Address } from './kernels.js';

/** What {@link DeltaKernels.deltaOpen} and its readers return where they found something wrong. */
export const DELTA_PROBLEM = {
  /** The bytes end inside a number, or it is too long. */
  BAD_NUMBER: -1,
  /** Sizes of blocks and miniblocks that the format does not have. */
  BAD_BLOCK: -2,
  /** The header states another number of values. */
  OTHER_COUNT: -3,
  /** The bytes end inside a block. */
  CUT_BLOCK: -4,
} as const;

/** Bytes of a reader's state. */
export const DELTA_STATE_BYTES = 64;

/** DELTA_BINARY_PACKED integers. Arithmetic wraps at the width of the type, as the format says. */
export interface DeltaKernels {
  /** A reader of `count` values that stand from `at`, within `end`. 0, or a {@link DELTA_PROBLEM}. */
  deltaOpen(state: Address, at: Address, end: Address, count: number): number;
  /** Reads the next `count` values of 64 bits. 0, or a {@link DELTA_PROBLEM}. */
  deltaRead64(state: Address, target: Address, count: number): number;
  /** Reads the next `count` values of 32 bits. 0, or a {@link DELTA_PROBLEM}. */
  deltaRead32(state: Address, target: Address, count: number): number;
  /** Where the bytes after the values begin, once all of them were read. */
  deltaEnd(state: Address): Address;
  /** Writes values of 64 bits and returns how many bytes that took, at most {@link deltaBytesMax}. `scratch` is 1 KiB. */
  deltaWrite64(values: Address, count: number, target: Address, scratch: Address): number;
  /** The same for 32 bits. */
  deltaWrite32(values: Address, count: number, target: Address, scratch: Address): number;
}

/**
 * The most bytes that `count` values of `width` bytes take as deltas: a head, and for every block of 128 a least step, four widths and
 * as many steps as fill it.
 */
export function deltaBytesMax(count: number, width: 4 | 8): number {
  return 64 + Math.ceil(count / 128) * (16 + 128 * width);
}
