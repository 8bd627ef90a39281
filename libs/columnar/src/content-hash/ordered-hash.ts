import { withBlock } from '../arena/arena-buffer.js';
import { createContentSum } from './content-sum.js';
import { DIGEST_BYTES, type RowDigests } from './row-digests.js';
import { PLACE_SEED } from './seeds.js';

/** What some rows are in their order, however they were cut into batches. */
export interface OrderedHash {
  /** Appends rows. */
  add(digests: RowDigests): void;
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
  return {
    add({ arena, address, rowCount }) {
      withBlock(arena, DIGEST_BYTES, (seed) => {
        arena.view(Int32Array, seed, 4).set(PLACE_SEED);
        sum.addWith(arena, (sums) => arena.kernels.hashPlaces(address, rowCount, place, seed, sums));
      });
      place += rowCount;
    },
    addHash: (hex) => sum.addHex(hex),
    hex: () => sum.hex(),
  };
}
