import type { Address } from '@ticklake/kernels';
import type { Arena } from '../arena/arena.js';
import { createContentSum } from './content-sum.js';
import type { RowDigests } from './row-digests.js';

/** What some rows add up to, whatever their order and however they were cut into batches and files. */
export interface MultisetHash {
  /** Adds rows. */
  add(digests: RowDigests): void;
  /** Lets a kernel add digests to the four lanes at `sums`. */
  addWith(arena: Arena, add: (sums: Address) => void): void;
  /**
   * Adds the rows that another hash stands for.
   *
   * @throws LakeError `invalid` unless `hex` is 32 lower-case hexadecimal digits.
   */
  addHash(hex: string): void;
  /** 32 lower-case hexadecimal digits for the rows added so far; all zero before the first. */
  hex(): string;
}

/** The sum of row digests, lane by lane modulo 2^32 (MF-08). Equal for equal multisets of rows: a row counts as often as it occurs. */
export function createMultisetHash(): MultisetHash {
  return new Multiset();
}

/** A class, as everything of which there is one for every file. */
class Multiset implements MultisetHash {
  private readonly sum = createContentSum();

  add({ arena, address, rowCount }: RowDigests): void {
    this.addWith(arena, (sums) => arena.kernels.hashSum(address, rowCount, sums));
  }

  addWith(arena: Arena, add: (sums: Address) => void): void {
    this.sum.addWith(arena, add);
  }

  addHash(hex: string): void {
    this.sum.addHex(hex);
  }

  hex(): string {
    return this.sum.hex();
  }
}
