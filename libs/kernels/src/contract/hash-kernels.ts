import type { Address } from './kernels.js';

/**
 * The content hash of rows (CONTENT-HASH.md of `@ticklake/manifest`). The lanes of four rows stand side by side in a
 * **tile** of 64 bytes, `aaaabbbbccccdddd`, while cells are added; a **digest** is the four lanes of one row. `seed` and
 * `none` are places of four lanes: a column's seed, and what one of its nulls adds. A `validity` of 0 stands for no nulls.
 * At `base` stands the tile that each begins as; where it is 0, cells are added to what tiles hold.
 */
export interface HashKernels {
  /** Begins `rows` rows: every one has the lanes at `row`. */
  hashFill(tiles: Address, rows: number, row: Address): void;
  /** Adds cells of one 64-bit word each. */
  hash64(
    tiles: Address,
    values: Address,
    rows: number,
    seed: Address,
    validity: Address,
    none: Address,
    base: Address,
  ): void;
  /** Adds cells of 32 bits each, extended by their sign when `signed`, else by zeros. */
  hash32(
    tiles: Address,
    values: Address,
    rows: number,
    seed: Address,
    validity: Address,
    none: Address,
    base: Address,
    signed: boolean,
  ): void;
  /** Adds byte strings; string `i` stands at `data` from offset `i` to offset `i + 1`. */
  hashBytes(
    tiles: Address,
    offsets: Address,
    data: Address,
    rows: number,
    seed: Address,
    validity: Address,
    none: Address,
    base: Address,
  ): void;
  /** Adds the cells that `codes` name in a table of digests. The code of a null is not looked at. */
  hashCodes(
    tiles: Address,
    codes: Address,
    rows: number,
    table: Address,
    validity: Address,
    none: Address,
    base: Address,
  ): void;
  /** Tiles to digests one after another, in place, nothing mixed: a table for {@link HashKernels.hashCodes}. */
  hashTable(tiles: Address, rows: number): void;
  /** As {@link HashKernels.hashFinish}, with the lanes of other tiles of the same rows added. */
  hashJoin(tiles: Address, more: Address, rows: number): void;
  /**
   * {@link HashKernels.hashJoin}, {@link HashKernels.hashSum} to `sums` and {@link HashKernels.hashPlaces} to `placed` in one,
   * where nobody else wants the digests: what tiles hold afterwards means nothing.
   */
  hashJoinPlaces(
    tiles: Address,
    more: Address,
    rows: number,
    sums: Address,
    first: number,
    seed: Address,
    placed: Address,
  ): void;
  /** Sums of cells to digests of rows, in place. */
  hashFinish(tiles: Address, rows: number): void;
  /** Adds `rows` digests to the four lanes at `sums`. */
  hashSum(digests: Address, rows: number, sums: Address): void;
  /** Adds `rows` digests to the four lanes at `sums`, each mixed with its place: the first stands at place `first`. */
  hashPlaces(digests: Address, rows: number, first: number, seed: Address, sums: Address): void;
}
