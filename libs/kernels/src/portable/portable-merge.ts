import { MERGE_STATE, MERGE_STOP, type MergeKernels } from '../contract/merge-kernels.js';
import { compareAt } from './portable-bounds.js';
import type { ViewMemory, Views } from './views.js';

const NOBODY = 0xffff_ffff;

/** The merge kernels. */
export function portableMerge(view: ViewMemory): MergeKernels {
  return {
    mergeRuns: (state) => mergeRuns(mergeOf(view(), state)),
    mergeReplay: (state) => replay(mergeOf(view(), state)),
    expandRuns(sources, counts, runs, starts, to) {
      const { u32 } = view();
      let at = to >> 2;
      for (let run = 0; run < runs; run++) {
        const start = (starts >> 2) + (u32[(sources >> 2) + run] as number);
        const count = u32[(counts >> 2) + run] as number;
        for (let i = 0; i < count; i++) u32[at++] = (u32[start] as number) + i;
        u32[start] = (u32[start] as number) + count;
      }
    },
  };
}

/** A merge's lists as places of words. */
interface Merge {
  readonly views: Views;
  readonly sources: number;
  readonly tree: number;
  readonly keys: number;
  /** 0 where rows have one key. */
  readonly seconds: number;
  readonly ranks: number;
  readonly at: number;
  readonly ends: number;
  readonly secondAt: number;
  readonly runSources: number;
  readonly runCounts: number;
  get(field: number): number;
  set(field: number, value: number): void;
}

function mergeOf(views: Views, state: number): Merge {
  const { u32 } = views;
  const get = (field: number) => u32[(state + field) >> 2] as number;
  const list = (field: number) => get(field) >> 2;
  return {
    views,
    get,
    set: (field, value) => (u32[(state + field) >> 2] = value),
    sources: get(MERGE_STATE.SOURCES),
    tree: list(MERGE_STATE.TREE),
    keys: list(MERGE_STATE.KEYS),
    seconds: list(MERGE_STATE.SECONDS),
    ranks: list(MERGE_STATE.RANKS),
    at: list(MERGE_STATE.AT),
    ends: list(MERGE_STATE.ENDS),
    secondAt: list(MERGE_STATE.SECOND_AT),
    runSources: list(MERGE_STATE.RUN_SOURCES),
    runCounts: list(MERGE_STATE.RUN_COUNTS),
  };
}

/** Whether source `a` goes out before source `b`. */
function comesFirst({ views, keys, seconds, ranks }: Merge, a: number, b: number): boolean {
  const order =
    compareAt(views, keys + 2 * a, keys + 2 * b) ||
    (seconds === 0 ? 0 : compareAt(views, seconds + 2 * a, seconds + 2 * b));
  return order === 0 ? (views.u32[ranks + a] as number) < (views.u32[ranks + b] as number) : order < 0;
}

function replay(merge: Merge): void {
  const { tree, sources } = merge;
  const { u32 } = merge.views;
  let winner = u32[tree] as number;
  for (let node = (sources + winner) >> 1; node > 0; node >>= 1) {
    const loser = u32[tree + node] as number;
    if (!comesFirst(merge, loser, winner)) continue;
    u32[tree + node] = winner;
    winner = loser;
  }
  u32[tree] = winner;
}

function runnerUp(merge: Merge): number {
  const { tree, sources } = merge;
  const { u32 } = merge.views;
  let node = (sources + (u32[tree] as number)) >> 1;
  if (node === 0) return NOBODY;
  let best = u32[tree + node] as number;
  for (node >>= 1; node > 0; node >>= 1) {
    const loser = u32[tree + node] as number;
    if (comesFirst(merge, loser, best)) best = loser;
  }
  return best;
}

/** Whether row `i` from where `source` stands goes out before the head of `rival`. */
function precedes(merge: Merge, source: number, i: number, rival: number): boolean {
  const { views, keys, seconds, ranks, at, secondAt } = merge;
  const { u32 } = views;
  const row = (list: number) => ((u32[list + source] as number) >> 2) + 2 * i;
  const order =
    compareAt(views, row(at), keys + 2 * rival) ||
    (seconds === 0 ? 0 : compareAt(views, row(secondAt), seconds + 2 * rival));
  return order === 0 ? (u32[ranks + source] as number) < (u32[ranks + rival] as number) : order < 0;
}

/** How many of `rows` rows of `source`, the first of which does, go out before the head of `rival`: doubling, then bisection. */
function gallop(merge: Merge, source: number, rows: number, rival: number): number {
  if (rival === NOBODY) return rows;
  let low = 1;
  let step = 1;
  while (low < rows && precedes(merge, source, Math.min(low + step, rows) - 1, rival)) {
    low = Math.min(low + step, rows);
    step *= 2;
  }
  let high = Math.min(low + step, rows + 1);
  while (low + 1 < high && low < rows) {
    const middle = (low + high) >> 1;
    if (precedes(merge, source, middle - 1, rival)) low = middle;
    else high = middle;
  }
  return low;
}

function mergeRuns(merge: Merge): number {
  const { tree, keys, seconds, ranks, at, ends, secondAt, sources } = merge;
  const { u32 } = merge.views;
  const rowsMax = merge.get(MERGE_STATE.ROWS_MAX);
  for (;;) {
    const winner = u32[tree] as number;
    if ((u32[ranks + winner] as number) >= sources) return MERGE_STOP.DONE;
    const room = rowsMax - merge.get(MERGE_STATE.ROWS);
    if (room === 0) return MERGE_STOP.FULL;
    const left = ((u32[ends + winner] as number) - (u32[at + winner] as number)) >> 3;
    if (left === 0) return MERGE_STOP.NEEDS_KEYS;
    const again = winner === merge.get(MERGE_STATE.LAST);
    const count = again ? gallop(merge, winner, Math.min(left, room), runnerUp(merge)) : 1;
    if (!pushRun(merge, winner, count)) return MERGE_STOP.NEEDS_RUNS;
    merge.set(MERGE_STATE.LAST, winner);
    u32[at + winner] = (u32[at + winner] as number) + 8 * count;
    if (seconds !== 0) u32[secondAt + winner] = (u32[secondAt + winner] as number) + 8 * count;
    if (count === left) return MERGE_STOP.NEEDS_KEYS;
    standAt(u32, keys + 2 * winner, u32[at + winner] as number);
    if (seconds !== 0) standAt(u32, seconds + 2 * winner, u32[secondAt + winner] as number);
    replay(merge);
  }
}

function standAt(u32: Uint32Array, head: number, address: number): void {
  u32[head] = u32[address >> 2] as number;
  u32[head + 1] = u32[(address >> 2) + 1] as number;
}

/** Appends rows to the last run when it has the same source, else as a run of its own; not where there is no room. */
function pushRun(merge: Merge, source: number, count: number): boolean {
  const { runSources, runCounts } = merge;
  const { u32 } = merge.views;
  const runs = merge.get(MERGE_STATE.RUNS);
  if (runs > 0 && u32[runSources + runs - 1] === source) {
    u32[runCounts + runs - 1] = (u32[runCounts + runs - 1] as number) + count;
  } else {
    if (runs === merge.get(MERGE_STATE.RUNS_MAX)) return false;
    u32[runSources + runs] = source;
    u32[runCounts + runs] = count;
    merge.set(MERGE_STATE.RUNS, runs + 1);
  }
  merge.set(MERGE_STATE.ROWS, merge.get(MERGE_STATE.ROWS) + count);
  return true;
}
