import type { Address } from './kernels.js';

/** Raw snappy blocks, without the framing format. */
export interface SnappyKernels {
  /**
   * Decodes a block into exactly `size` bytes. 0, or −1 when the block says or holds any other number of bytes, ends early,
   * or repeats bytes from before its beginning.
   */
  snappyDecode(source: Address, length: number, target: Address, size: number): number;
  /**
   * Encodes `length` bytes and returns the size of the block, at most 32 + length + ⌊length / 6⌋. `table` is 32 KiB of
   * scratch. Equal bytes give equal blocks.
   */
  snappyEncode(source: Address, length: number, target: Address, table: Address): number;
}
