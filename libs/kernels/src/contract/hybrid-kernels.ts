import type { Address } from './kernels.js';

/** What {@link HybridKernels.hybridRead} returns where it found something wrong. */
export const HYBRID_PROBLEM = {
  /** The bytes end inside a number, or it is too long. */
  BAD_NUMBER: -1,
  /** A run of no values. */
  EMPTY_RUN: -2,
  /** A run passes the end of its page. */
  LONG_RUN: -3,
  /** The bytes end inside a run. */
  CUT_RUN: -4,
  /** A value is at or over the limit. */
  OVER_LIMIT: -5,
} as const;

/** Bytes of a reader's state. */
export const HYBRID_STATE_BYTES = 32;

/** Parquet's mix of runs and bit-packed groups, as codes and levels are stored. Values are words of 32 bits. */
export interface HybridKernels {
  /** A reader of `count` values of `width` bits, 0 to 32, that stand from `at` to `end`. */
  hybridOpen(state: Address, at: Address, end: Address, width: number, count: number): void;
  /** Where the bytes after the last run that was begun begin. */
  hybridEnd(state: Address): Address;
  /** Reads the next `count` values, all of which must be below `limit`. 0, or a {@link HYBRID_PROBLEM}. */
  hybridRead(state: Address, count: number, limit: number, target: Address): number;
  /**
   * Writes `count` values of `width` bits, 1 to 32, and returns how many bytes that took. A run of eight or more equal
   * values becomes one; everything between is packed.
   */
  hybridWrite(codes: Address, count: number, width: number, target: Address): number;
}
