import type { Address } from './kernels.js';

/** The least and the greatest of at least one value, written one after the other; order; sequence. Codes are words of 32 bits, and trusted. */
export interface BoundsKernels {
  boundsI32(values: Address, count: number, to: Address): void;
  boundsU32(values: Address, count: number, to: Address): void;
  boundsI64(values: Address, count: number, to: Address): void;
  boundsU64(values: Address, count: number, to: Address): void;
  /**
   * NaN is left out: +Infinity and −Infinity, in that order, where nothing else is. A least zero is −0 and a greatest +0, as
   * statistics have them.
   */
  boundsF32(values: Address, count: number, to: Address): void;
  /** As {@link BoundsKernels.boundsF32}. */
  boundsF64(values: Address, count: number, to: Address): void;
  /** The same of what at least one code names in a table. */
  namedBoundsI32(table: Address, codes: Address, count: number, to: Address): void;
  namedBoundsU32(table: Address, codes: Address, count: number, to: Address): void;
  namedBoundsI64(table: Address, codes: Address, count: number, to: Address): void;
  namedBoundsU64(table: Address, codes: Address, count: number, to: Address): void;
  namedBoundsF32(table: Address, codes: Address, count: number, to: Address): void;
  namedBoundsF64(table: Address, codes: Address, count: number, to: Address): void;
  /** The first of `count` signed 64-bit values below the one before it, or `count`. */
  descent64(values: Address, count: number): number;
  /** The same where `second` settles equal values of `first`. */
  descentPairs64(first: Address, second: Address, count: number): number;
  /** The position of the first of `count` 64-bit values that breaks the sequence `first`, `first + 1`, …, or `count`. */
  gap64(values: Address, count: number, first: number): number;
}
