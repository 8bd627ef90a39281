import type { Arena } from '@ticklake/columnar';
import { assert, LakeError } from '@ticklake/core';
import { openKeys, type KeyReader } from './key-reader.js';
import type { MergeSource } from './merge-source.js';
import { createMergeState } from './merge-state.js';
import type { RunList } from './run-list.js';
import { stopIfAborted } from './stop-if-aborted.js';

/** How {@link planRuns} merges. */
export interface PlanRunsOptions {
  /** Holds where sources stand, and the lists. */
  readonly arena: Arena;
  /** How many order columns every source gives. */
  readonly orderKeys: 1 | 2;
  /** A list ends where a multiple of so many rows is reached, at least 1. */
  readonly outputRows: number;
  /** Rows that were given before by others and count towards that; 0 when left out. */
  readonly rowsBefore?: number;
  /** Most sources that are open at once: from their first key until a list with their last row has been given. */
  readonly openMax: number;
  readonly signal: AbortSignal;
}

/**
 * The order of all rows of all sources, as lists of runs: ascending by the order columns, ties in order of `sources`
 * and then of rows. Only keys are read; each source is opened when the merge reaches its lower bound and its keys are
 * dropped piece by piece. Every row is checked. (MG-01, MG-02, MG-05, MG-16)
 *
 * A list ends early where another source has to be opened, as many as may be are open, and some of them have no more
 * rows: whoever reads the rows can then close those.
 *
 * @throws LakeError `corrupt` (`UNSORTED`, `STATS_MISMATCH`) when a source is not what it says, with `details.source`.
 * @throws LakeError `invalid` (`LIMIT`) when more than `openMax` sources overlap.
 * @throws LakeError `cancelled` when `signal` is aborted.
 */
export async function* planRuns(
  sources: readonly MergeSource[],
  { arena, orderKeys, outputRows, rowsBefore = 0, openMax, signal }: PlanRunsOptions,
): AsyncGenerator<RunList> {
  assert(outputRows >= 1, 'a list covers at least one row');
  if (sources.length === 0) return;
  const lowerBounds = sources.map(({ lowerBound }) => lowerBound);
  const state = createMergeState(arena, { lowerBounds, orderKeys });
  const readers = new Map<number, KeyReader>();
  let ended: number[] = [];
  let rowsGiven = rowsBefore;
  try {
    for (;;) {
      stopIfAborted(signal);
      const stop = state.run(outputRows - (rowsGiven % outputRows));
      if (stop === 'needs keys') {
        const isNew = !readers.has(state.winner);
        const isFull = isNew && readers.size + ended.length >= openMax;
        if (!isFull) {
          await readOn(state.winner);
          continue;
        }
        if (ended.length === 0) throw tooManyOpen(openMax);
      }
      // A source can turn out to have no more rows when all of them are given.
      if (state.rowCount > 0 || ended.length > 0) yield list();
      rowsGiven += state.rowCount;
      ended = [];
      state.clearRuns();
      if (stop === 'done') return;
    }
  } finally {
    // What goes wrong here would only hide the reason.
    await Promise.allSettled([...readers.values()].map((reader) => reader.stop()));
    state.release();
  }

  function list(): RunList {
    const { runs: place, rowCount, runCount } = state;
    return {
      rowCount,
      runCount,
      sources: arena.view(Uint32Array, place.sources, runCount),
      counts: arena.view(Uint32Array, place.counts, runCount),
      place,
      ended,
    };
  }

  /** Open the source or read its next piece, and stand at its next row or at the end. */
  async function readOn(winner: number): Promise<void> {
    let reader = readers.get(winner);
    if (reader === undefined) {
      const source = sources[winner];
      assert(source !== undefined, 'the winner is a source');
      reader = openKeys(arena, source);
      readers.set(winner, reader);
    }
    const piece = await reader.next();
    if (piece !== undefined) {
      assert((piece.second !== 0) === (orderKeys === 2), 'a piece has a column per order key');
      state.standAt(piece);
      return;
    }
    readers.delete(winner);
    ended.push(winner);
    state.end();
  }
}

/** The error of a merge that would have more sources open than allowed. */
function tooManyOpen(openMax: number): LakeError {
  return new LakeError('invalid', 'more sources overlap than may be open at once', {
    code: 'LIMIT',
    details: { openMax },
  });
}
