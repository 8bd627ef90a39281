import { assert } from '@ticklake/core';
import type { Address } from '@ticklake/kernels';
import { withBlock } from '../arena/arena-buffer.js';
import { createContentSum } from './content-sum.js';
import type { MultisetHash } from './multiset-hash.js';
import { DIGEST_BYTES, type RowDigests } from './row-digests.js';
import { PLACE_SEED } from './seeds.js';

/** What some rows are in their order, however they were cut into batches. */
export interface OrderedHash {
  /** Appends rows. */
  add(digests: RowDigests): void;
  /** Appends rows of which columns were hashed apart, as `RowHasher.join` takes them, and adds them to `multiset`. Digests are no more then. */
  addJoined(own: RowDigests, other: RowDigests, multiset: MultisetHash): void;
  /**
   * Adds what another hash has of other places: of the rows before, or after.
   *
   * @throws LakeError `invalid` unless `hex` is 32 lower-case hexadecimal digits.
   */
  addHash(hex: string): void;
  /** 32 lower-case hexadecimal digits for the rows added so far; all zero before the first. */
  hex(): string;
}

/**
 * The sum of row digests each mixed with its place, 0 for the first row of all (MF-08). The parts of a file can be
 * hashed apart, each from its own first place, and added up.
 */
export function createOrderedHash(
  { firstPlace }: { readonly firstPlace: number } = { firstPlace: 0 },
): OrderedHash {
  const sum = createContentSum();
  let place = firstPlace;
  const append = ({ arena, rowCount }: RowDigests, add: (seed: Address, placed: Address) => void) => {
    withBlock(arena, DIGEST_BYTES, (seed) => {
      arena.view(Int32Array, seed, 4).set(PLACE_SEED);
      sum.addWith(arena, (placed) => add(seed, placed));
    });
    place += rowCount;
  };
  return {
    add(digests) {
      const { arena, address, rowCount } = digests;
      append(digests, (seed, placed) => arena.kernels.hashPlaces(address, rowCount, place, seed, placed));
    },
    addJoined(own, other, multiset) {
      const { arena, address, rowCount } = own;
      assert(rowCount === other.rowCount, 'parts are of the same rows');
      append(own, (seed, placed) =>
        multiset.addWith(arena, (sums) =>
          arena.kernels.hashJoinPlaces(address, other.address, rowCount, sums, place, seed, placed),
        ),
      );
    },
    addHash: (hex) => sum.addHex(hex),
    hex: () => sum.hex(),
  };
}
