import { assert, LakeError } from '@ticklake/core';
import { gallop } from './gallop.js';
import { createHeads, standAtBound, standAtEnd, standAtRow, type Heads } from './heads.js';
import { openKeys, type KeyReader } from './key-reader.js';
import { NO_KEYS } from './key-words.js';
import type { MergeSource } from './merge-source.js';
import { createRunBuilder, finishRuns, pushRun, type RunBuilder, type RunList } from './run-list.js';
import { stopIfAborted } from './stop-if-aborted.js';
import { createTournament, replay, runnerUp, type Tournament } from './tournament.js';

/** How {@link planRuns} merges. */
export interface PlanRunsOptions {
  /** How many order columns every source gives. */
  readonly orderKeys: 1 | 2;
  /** Rows per run list, at least 1; the last list has what is left. */
  readonly outputRows: number;
  /** Most sources whose keys are being read at once. */
  readonly openMax: number;
  readonly signal: AbortSignal;
}

/** What the planner tells whoever takes the rows. Internal. */
export interface PlanWatcher {
  /** `source` is about to be opened; `runs` is the unfinished list. */
  opening(source: number, runs: RunBuilder): Promise<void>;
  /** Every row of `source` is in a list given out or in the unfinished one. */
  exhausted(source: number): void;
}

/**
 * The order of all rows of all sources, as lists of runs: ascending by the order columns, ties in order of `sources`
 * and then of rows. Only keys are read; each source is opened when the merge reaches its lower bound and its keys are
 * dropped piece by piece. Every row is checked. (MG-01, MG-02, MG-05, MG-16)
 *
 * @throws LakeError `corrupt` (`UNSORTED`, `STATS_MISMATCH`) when a source is not what it says, with `details.source`.
 * @throws LakeError `invalid` (`LIMIT`) when more than `openMax` sources overlap.
 * @throws LakeError `cancelled` when `signal` is aborted.
 */
export function planRuns(sources: readonly MergeSource[], options: PlanRunsOptions): AsyncGenerator<RunList> {
  let openCount = 0;
  return planWatched(sources, options, {
    opening() {
      if (++openCount > options.openMax) return Promise.reject(tooManyOpen(options.openMax));
      return Promise.resolve();
    },
    exhausted() {
      openCount--;
    },
  });
}

/** {@link planRuns} with a watcher in place of the count of open sources. Internal. */
export async function* planWatched(
  sources: readonly MergeSource[],
  options: PlanRunsOptions,
  watcher: PlanWatcher,
): AsyncGenerator<RunList> {
  assert(options.outputRows >= 1, 'a list covers at least one row');
  if (sources.length === 0) return;
  const heads = createHeads(sources.length, options.orderKeys);
  sources.forEach(({ lowerBound }, s) => {
    if (lowerBound !== undefined) standAtBound(heads, s, lowerBound);
  });
  const tree = createTournament(heads, sources.length);
  const runs = createRunBuilder();
  const readers = new Map<number, KeyReader>();
  try {
    for (;;) {
      stopIfAborted(options.signal);
      const stop = emitRuns(heads, tree, runs, options.outputRows);
      if (stop === 'needs keys') {
        await readOn(tree[0] as number);
        replay(tree, heads);
        continue;
      }
      if (runs.rowCount > 0) yield finishRuns(runs);
      if (stop === 'done') return;
    }
  } finally {
    for (const reader of readers.values()) await reader.stop();
  }

  /** Open the source or read its next piece, and stand at its next row or at the end. */
  async function readOn(s: number): Promise<void> {
    const source = sources[s];
    assert(source !== undefined, 'the winner is a source');
    let reader = readers.get(s);
    if (reader === undefined) {
      await watcher.opening(s, runs);
      reader = openKeys(source, options.orderKeys);
      readers.set(s, reader);
    }
    const piece = await reader.next();
    if (piece === undefined) {
      readers.delete(s);
      standAtEnd(heads, s);
      watcher.exhausted(s);
      return;
    }
    heads.first[s] = piece.columns[0] ?? NO_KEYS;
    heads.second[s] = piece.columns[1] ?? NO_KEYS;
    heads.row[s] = 0;
    heads.rowEnd[s] = piece.rowCount;
    standAtRow(heads, s);
  }
}

/** The error of a merge that would have more sources open than allowed. Internal. */
function tooManyOpen(openMax: number): LakeError {
  return new LakeError('invalid', 'more sources overlap than may be open at once', {
    code: 'LIMIT',
    details: { openMax },
  });
}

/**
 * Emit runs until the list is full, the winner's keys have run out, or everything has. One row at a time while
 * winners alternate; a source that wins twice in a row gallops, so neither extreme pays for the other.
 */
function emitRuns(
  heads: Heads,
  tree: Tournament,
  runs: RunBuilder,
  rowsMax: number,
): 'full' | 'done' | 'needs keys' {
  const { row, rowEnd, done } = heads;
  let last = -1;
  for (;;) {
    const winner = tree[0] as number;
    if (done[winner] === 1) return 'done';
    const at = row[winner] as number;
    const end = rowEnd[winner] as number;
    const room = rowsMax - runs.rowCount;
    if (room === 0) return 'full';
    if (at === end) return 'needs keys';
    const count = winner === last ? gallop(heads, winner, runnerUp(tree, heads), room) : 1;
    last = winner;
    pushRun(runs, winner, count);
    row[winner] = at + count;
    if (at + count === end) return 'needs keys';
    standAtRow(heads, winner);
    replay(tree, heads);
  }
}
