import type { Address } from './kernels.js';

/**
 * Values moved by number, spread over rows, drawn together, widened and narrowed. Numbers of rows are words of 32 bits and
 * trusted. `validity` has a byte a row, 1 where it holds a value, else 0.
 */
export interface GatherKernels {
  /** `to[i] = table[rows[i]]`, values of 8 bits. */
  gather8(table: Address, rows: Address, count: number, to: Address): void;
  /** Values of 16 bits. */
  gather16(table: Address, rows: Address, count: number, to: Address): void;
  /** Values of 32 bits; `to` may be `rows`. */
  gather32(table: Address, rows: Address, count: number, to: Address): void;
  /** Values of 64 bits. */
  gather64(table: Address, rows: Address, count: number, to: Address): void;
  /** Values of 128 bits. */
  gather128(table: Address, rows: Address, count: number, to: Address): void;
  /**
   * Byte strings: their offsets, from 0, to `toOffsets` and their bytes to `into`. Returns how many bytes there are; an
   * `into` of 0 asks for nothing else.
   */
  gatherBytes(
    offsets: Address,
    data: Address,
    rows: Address,
    count: number,
    toOffsets: Address,
    into: Address,
  ): number;
  /** Present values to their rows, zeros to the others; 32 bits. */
  spread32(values: Address, validity: Address, rows: number, to: Address): void;
  /** 64 bits. */
  spread64(values: Address, validity: Address, rows: number, to: Address): void;
  /** Values of present rows one after another; returns how many. 32 bits. */
  draw32(values: Address, validity: Address, rows: number, to: Address): number;
  /** 64 bits. */
  draw64(values: Address, validity: Address, rows: number, to: Address): number;
  /** Integers of 8 or 16 `bits` to 32, by their sign when `signed`, else by zeros. */
  widen(values: Address, count: number, bits: number, signed: boolean, to: Address): void;
  /** Integers of 32 bits to 8 or 16 `bits`. Returns the position of the first that does not fit, or `count`. */
  narrow(values: Address, count: number, bits: number, signed: boolean, to: Address): number;
  /**
   * Values `from … from + count` of `stride` byte-stream-split ones, each of `size` bytes, 4 or 8: byte `k` of every value
   * stands together.
   */
  joinBytes(streams: Address, stride: number, from: number, count: number, size: number, to: Address): void;
  /** Bits `from … from + count`, least significant first, to bytes of 0 or 1. */
  unpackBits(bits: Address, from: number, count: number, to: Address): void;
  /** Bytes of 0 or other to bits; the last byte is filled up with zeros. */
  packBits(values: Address, count: number, to: Address): void;
  /** Levels, words of 32 bits, to a validity: 1 where one is `highest`. Returns how many are. */
  presentAt(levels: Address, count: number, highest: number, to: Address): number;
  /** The 64-bit integers `first`, `first + 1`, … */
  count64(first: number, count: number, to: Address): void;
  /** Moves exactly `size` bytes; the two places may overlap. Beside it, moving shared memory outside the kernels is slow. */
  moveBytes(from: Address, to: Address, size: number): void;
  /** Fills exactly `size` bytes. */
  fillBytes(to: Address, size: number, value: number): void;
  /** Adds `amount` to each of `count` words of 32 bits, which wrap. */
  shift32(values: Address, count: number, amount: number): void;
}
