import {
  createArenaBuffer,
  createMultisetHash,
  createOrderedHash,
  sliceDigests,
  DIGEST_BYTES,
  type Arena,
  type RowDigests,
} from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { GatheredRows } from './gather-rows.js';

/**
 * What a merge took from each source, by the rows' digests as they came out of it, and in which order it gave them on.
 * (MF-08)
 */
export interface RowProof {
  /**
   * Counts rows of sources. `digests` are of the rows that `pieces` names, one after another; those of no source are passed over.
   */
  take(
    pieces: Iterable<{ readonly source: number | undefined; readonly rowCount: number }>,
    digests: RowDigests,
  ): void;
  /** Appends rows to the output: those of `digests` in this order, or as they are where it is 0. */
  give(order: GatheredRows['order'], digests: RowDigests): void;
  /** Takes rows of one source, and gives them on as they are. Columns of theirs were hashed apart: see `OrderedHash.addJoined`. */
  pass(source: number, own: RowDigests, other: RowDigests): void;
  /** Of each source: how many rows were taken, and their content hash. */
  sources(): readonly TakenRows[];
  /** The content hash of the output in its order. */
  ordered(): string;
  release(): void;
}

/** What was taken from a source. */
export interface TakenRows {
  readonly rowCount: number;
  readonly multiset: string;
}

/** So many digests stay in a near cache from when they are moved until they are added. */
const BLOCK_ROWS = 8192;

/** Nothing taken from any of `sourceCount` sources, and nothing given. */
export function createRowProof(arena: Arena, sourceCount: number): RowProof {
  const counts = new Array<number>(sourceCount).fill(0);
  const hashes = Array.from({ length: sourceCount }, createMultisetHash);
  const ordered = createOrderedHash();
  const inOrder = createArenaBuffer(arena);
  const hashOf = (source: number, rowCount: number) => {
    const hash = hashes[source];
    assert(hash !== undefined, 'a row is of a source that there is');
    counts[source] = (counts[source] as number) + rowCount;
    return hash;
  };
  return {
    take(pieces, digests) {
      let row = 0;
      for (const { source, rowCount } of pieces) {
        if (source !== undefined) hashOf(source, rowCount).add(sliceDigests(digests, row, row + rowCount));
        row += rowCount;
      }
      assert(row === digests.rowCount, 'every row has a digest');
    },
    give(order, digests) {
      if (order === 0) return ordered.add(digests);
      const { address: from, rowCount } = digests;
      const address = inOrder.room(BLOCK_ROWS * DIGEST_BYTES);
      for (let row = 0; row < rowCount; row += BLOCK_ROWS) {
        const count = Math.min(BLOCK_ROWS, rowCount - row);
        arena.kernels.gather128(from, order + row * 4, count, address);
        ordered.add({ arena, address, rowCount: count });
      }
    },
    pass: (source, own, other) => ordered.addJoined(own, other, hashOf(source, own.rowCount)),
    sources: () =>
      hashes.map((hash, source) => ({ rowCount: counts[source] as number, multiset: hash.hex() })),
    ordered: () => ordered.hex(),
    release: () => inOrder.release(),
  };
}
