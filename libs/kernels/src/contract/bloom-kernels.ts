import type { Address } from './kernels.js';

/**
 * Split-block bloom filters as Parquet has them, and XXH64 with seed 0, by which they go. A hash is 64 bits, the low word first; a
 * block of a filter is 32 bytes.
 */
export interface BloomKernels {
  /** The hashes of `count` values of 4 bytes. */
  xxHashWords32(values: Address, count: number, to: Address): void;
  /** The hashes of `count` values of 8 bytes. */
  xxHashWords64(values: Address, count: number, to: Address): void;
  /** The hashes of `count` byte strings, between `count + 1` offsets into `data`. */
  xxHashBytes(offsets: Address, data: Address, count: number, to: Address): void;
  /** Adds what has these hashes to a filter, which may stand anywhere. */
  bloomAdd(filter: Address, blockCount: number, hashes: Address, count: number): void;
  /** The position of the first hash of what may be in a filter, or `count`: none of them is in it. */
  bloomFind(filter: Address, blockCount: number, hashes: Address, count: number): number;
}
