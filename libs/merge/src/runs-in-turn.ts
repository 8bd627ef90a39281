import { createArenaBuffer, type Arena } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { PlanRunsOptions } from './plan-runs.js';
import type { RunList } from './run-list.js';
import { stopIfAborted } from './stop-if-aborted.js';

/** How {@link runsInTurn} cuts its lists: as {@link PlanRunsOptions}. */
export type RunsInTurnOptions = Omit<PlanRunsOptions, 'orderKeys'>;

/**
 * All rows of all sources, every source as a whole before the next: what a merge would plan where no two of them overlap, without
 * reading a key. Nothing is checked; whoever reads the rows does that. Each source has rows.
 *
 * A list also ends where as many sources as may be open are in it.
 *
 * @throws LakeError `cancelled` when `signal` is aborted.
 */
export function* runsInTurn(
  rowCounts: readonly number[],
  { arena, outputRows, rowsBefore = 0, openMax, signal }: RunsInTurnOptions,
): Generator<RunList> {
  assert(outputRows >= 1 && openMax >= 1, 'a list has at least a row, of at least one source');
  const held = createArenaBuffer(arena);
  let room = outputRows - (rowsBefore % outputRows);
  let source = 0;
  let taken = 0;
  try {
    while (source < rowCounts.length) {
      stopIfAborted(signal);
      const runs: { readonly source: number; readonly rowCount: number }[] = [];
      const ended: number[] = [];
      while (room > 0 && runs.length < openMax && source < rowCounts.length) {
        const left = (rowCounts[source] as number) - taken;
        assert(left > 0, 'a source has rows');
        const rowCount = Math.min(left, room);
        runs.push({ source, rowCount });
        room -= rowCount;
        taken += rowCount;
        if (rowCount < left) break;
        ended.push(source);
        source++;
        taken = 0;
      }
      yield place(arena, held.room(runs.length * 8), runs, ended);
      if (room === 0) room = outputRows;
    }
  } finally {
    held.release();
  }
}

function place(
  arena: Arena,
  at: number,
  runs: readonly { readonly source: number; readonly rowCount: number }[],
  ended: readonly number[],
): RunList {
  const runCount = runs.length;
  const sources = arena.view(Uint32Array, at, runCount);
  const counts = arena.view(Uint32Array, at + runCount * 4, runCount);
  runs.forEach((run, i) => {
    sources[i] = run.source;
    counts[i] = run.rowCount;
  });
  const rowCount = runs.reduce((sum, run) => sum + run.rowCount, 0);
  return { rowCount, runCount, sources, counts, place: { sources: at, counts: at + runCount * 4 }, ended };
}
