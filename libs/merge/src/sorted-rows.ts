import { withBlock, type Arena } from '@ticklake/columnar';
import type { Address } from '@ticklake/kernels';
import type { KeyPiece } from './merge-source.js';
import { createMergeState } from './merge-state.js';

/**
 * Writes the row numbers of `keys`, 32 bits each, in the order of the keys, ties in row order. What is in order already is found and
 * merged, so rows that are nearly sorted cost little. Internal.
 */
export function sortRows(arena: Arena, keys: KeyPiece, to: Address): void {
  const starts = naturalRuns(arena, keys);
  const lowerBounds = starts.map(() => undefined);
  const state = createMergeState(arena, { lowerBounds, orderKeys: keys.second === 0 ? 1 : 2 });
  const given = new Uint8Array(starts.length);
  try {
    while (state.run(keys.rowCount) === 'needs keys') {
      const { winner } = state;
      if (given[winner] === 1) state.end();
      else state.standAt(piece(keys, starts[winner] as number, starts[winner + 1] ?? keys.rowCount));
      given[winner] = 1;
    }
    withBlock(arena, starts.length * 4, (next) => {
      arena.view(Uint32Array, next, starts.length).set(starts);
      const { runs, runCount } = state;
      arena.kernels.expandRuns(runs.sources, runs.counts, runCount, next, to);
    });
  } finally {
    state.release();
  }
}

/** Where rows begin that are in order up to the next of these. */
function naturalRuns(arena: Arena, keys: KeyPiece): number[] {
  const { kernels } = arena;
  const starts: number[] = [];
  for (let start = 0; start < keys.rowCount; ) {
    starts.push(start);
    const { first, second, rowCount } = piece(keys, start, keys.rowCount);
    start +=
      second === 0 ? kernels.descent64(first, rowCount) : kernels.descentPairs64(first, second, rowCount);
  }
  return starts;
}

function piece({ first, second }: KeyPiece, start: number, end: number): KeyPiece {
  return {
    rowCount: end - start,
    first: first + start * 8,
    second: second === 0 ? 0 : second + start * 8,
  };
}
