import type { Address } from '@ticklake/kernels';
import type { Arena } from '../arena/arena.js';

/** One 128-bit digest per row, as four 32-bit lanes one row after another, until whoever made them is next used. */
export interface RowDigests {
  readonly arena: Arena;
  readonly address: Address;
  readonly rowCount: number;
}

/** Bytes of a digest. */
export const DIGEST_BYTES = 16;

/** The digests of rows `start … end`. */
export function sliceDigests({ arena, address }: RowDigests, start: number, end: number): RowDigests {
  return { arena, address: address + start * DIGEST_BYTES, rowCount: end - start };
}
