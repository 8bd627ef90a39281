// The order of all rows of many sorted sources, as runs.

import {
  at4,
  at8,
  AT,
  comesFirst,
  ENDS,
  GOES_ON,
  HEADS,
  IS_DONE,
  IS_FAR,
  IS_FULL,
  KEYS,
  LAST,
  NEEDS_KEYS,
  NEEDS_RUNS,
  RANKS,
  ROWS,
  ROWS_MAX,
  RUN_COUNTS,
  RUN_SOURCES,
  RUNS,
  RUNS_MAX,
  SECOND_AT,
  SECONDS,
  SOURCES,
  TREE,
  WAIT,
} from './merge-state';
import { MANY_SOURCES, maySort, mergeSorted } from './merge-sorted';

/** Settles the winner anew after the head of the present winner, and of no other source, has moved on. */
export function mergeReplay(state: usize): void {
  const tree: usize = load<u32>(state, TREE);
  let winner = load<u32>(tree);
  for (let node = (load<u32>(state, SOURCES) + winner) >> 1; node > 0; node >>= 1) {
    const loser = load<u32>(at4(tree, node));
    if (comesFirst(state, loser, winner)) {
      store<u32>(at4(tree, node), winner);
      winner = loser;
    }
  }
  store<u32>(tree, winner);
}

/** The bits that the number of a source takes in a head. */
function sourceBits(sources: u32): u64 {
  return max<u64>(32 - clz<u32>(sources - 1), 1);
}

/**
 * The tree as heads: how far a source's key is from the winner's, then the number of the source, in one number, so that the lesser of two goes
 * out first. Sources that have ended are beyond all others. False where a key is too far.
 */
function joinHeads(state: usize, bits: u64): bool {
  const tree: usize = load<u32>(state, TREE);
  const keys: usize = load<u32>(state, KEYS);
  const ranks: usize = load<u32>(state, RANKS);
  const heads: usize = load<u32>(state, HEADS);
  const sources = load<u32>(state, SOURCES);
  const least = load<u64>(at8(keys, load<u32>(tree)));
  const far = u64.MAX_VALUE >> bits;
  for (let node: u32 = 0; node < sources; node++) {
    const source = load<u32>(at4(tree, node));
    let distance = load<u64>(at8(keys, source)) - least;
    if (load<u32>(at4(ranks, source)) >= sources) distance = far;
    else if (distance >= far) return false;
    store<u64>(at8(heads, node), (distance << bits) | <u64>source);
  }
  return true;
}

// @ts-ignore: decorator
@inline
function headOf(key: u64, least: u64, source: u32, bits: u64): u64 {
  return (min(key - least, u64.MAX_VALUE >> bits) << bits) | <u64>source;
}

/** The reverse of {@link joinHeads}. */
function partHeads(state: usize, bits: u64): void {
  const tree: usize = load<u32>(state, TREE);
  const heads: usize = load<u32>(state, HEADS);
  const sources = load<u32>(state, SOURCES);
  const mask = <u32>((<u64>1 << bits) - 1);
  for (let node: u32 = 0; node < sources; node++) store<u32>(at4(tree, node), load<u32>(at8(heads, node)) & mask);
}

/** As {@link runnerUp}, of heads. */
function runnerUpOfHeads(heads: usize, sources: u32, winner: u32, mask: u64): u32 {
  let best = u64.MAX_VALUE;
  let node = (sources + winner) >> 1;
  if (node == 0) return 0xffffffff;
  for (; node > 0; node >>= 1) best = min(best, load<u64>(at8(heads, node)));
  return <u32>(best & mask);
}

/** The best source but the winner, which only ever lost to the winner; 0xffffffff when there is no other. */
function runnerUp(state: usize): u32 {
  const tree: usize = load<u32>(state, TREE);
  let node = (load<u32>(state, SOURCES) + load<u32>(tree)) >> 1;
  if (node == 0) return 0xffffffff;
  let best = load<u32>(at4(tree, node));
  for (node >>= 1; node > 0; node >>= 1) {
    const loser = load<u32>(at4(tree, node));
    if (comesFirst(state, loser, best)) best = loser;
  }
  return best;
}

/** Whether row `i` from where `source` stands goes out before the head of `rival`. */
// @ts-ignore: decorator
@inline
function precedes(state: usize, source: u32, i: u32, rival: u32): bool {
  const key = load<i64>(at8(<usize>load<u32>(at4(<usize>load<u32>(state, AT), source)), i));
  const other = load<i64>(at8(<usize>load<u32>(state, KEYS), rival));
  if (key != other) return key < other;
  const seconds: usize = load<u32>(state, SECONDS);
  if (seconds != 0) {
    const second = load<i64>(at8(<usize>load<u32>(at4(<usize>load<u32>(state, SECOND_AT), source)), i));
    const otherSecond = load<i64>(at8(seconds, rival));
    if (second != otherSecond) return second < otherSecond;
  }
  const ranks: usize = load<u32>(state, RANKS);
  return load<u32>(at4(ranks, source)) < load<u32>(at4(ranks, rival));
}

/** How many of `rows` rows of `source`, the first of which does, go out before the head of `rival`. */
function gallop(state: usize, source: u32, rows: u32, rival: u32): u32 {
  if (rival == 0xffffffff) return rows;
  let low: u32 = 1;
  let step: u32 = 1;
  while (low < rows && precedes(state, source, min(low + step, rows) - 1, rival)) {
    low = min(low + step, rows);
    step <<= 1;
  }
  // Row `low - 1` goes out; row `high - 1`, where there is one, does not.
  let high = min(low + step, rows + 1);
  if (low == rows) return rows;
  while (low + 1 < high) {
    const middle = (low + high) >> 1;
    if (precedes(state, source, middle - 1, rival)) low = middle;
    else high = middle;
  }
  return low;
}

/** So many rows are merged by the tree where too few could be sorted. */
const TREE_ROWS: u32 = 4096;

export function mergeRuns(state: usize): i32 {
  const rowsMax = load<u32>(state, ROWS_MAX);
  if (!maySort(state)) return mergeByTree(state, rowsMax);
  while (true) {
    const stop = load<u32>(state, WAIT) == 0 ? mergeSorted(state) : GOES_ON;
    if (stop != GOES_ON) return stop;
    const rows = load<u32>(state, ROWS);
    const wait = load<u32>(state, WAIT);
    const end = min(rowsMax, rows + max(wait, TREE_ROWS));
    const treeStop = mergeByTree(state, end);
    const done = load<u32>(state, ROWS) - rows;
    store<u32>(state, wait - min(wait, done), WAIT);
    if (treeStop != IS_FULL || end == rowsMax) return treeStop;
  }
}

function mergeByTree(state: usize, rowsMax: u32): i32 {
  const bits = sourceBits(load<u32>(state, SOURCES));
  if (load<u32>(state, SECONDS) == 0 && joinHeads(state, bits)) {
    const stop = mergeInBlocks(state, bits, rowsMax);
    partHeads(state, bits);
    if (stop != IS_FAR) return stop;
    mergeReplay(state);
  }
  return mergeKeys(state, rowsMax);
}


/** Of a source, in the mean. */
const BLOCK_ROWS: u32 = 192;
const TOUCHED_KEYS: u32 = 256;

/** Where there are many sources, no processor foresees which keys are next: those of a block of rows are loaded one after another before. */
function mergeInBlocks(state: usize, bits: u64, rowsMax: u32): i32 {
  const sources = load<u32>(state, SOURCES);
  const blockRows = sources * BLOCK_ROWS;
  while (true) {
    const rows = load<u32>(state, ROWS);
    const rest = rows % blockRows;
    if (rest == 0 && sources >= MANY_SOURCES) touchKeys(state);
    const end = min(rowsMax, rows - rest + blockRows);
    const stop = mergeHeads(state, bits, end);
    if (stop != IS_FULL || end == rowsMax) return stop;
  }
}

function touchKeys(state: usize): void {
  const addresses: usize = load<u32>(state, AT);
  const ends: usize = load<u32>(state, ENDS);
  const sources = load<u32>(state, SOURCES);
  let sum: u64 = 0;
  for (let source: u32 = 0; source < sources; source++) {
    let at = <usize>load<u32>(at4(addresses, source));
    const end = min(<usize>load<u32>(at4(ends, source)), at + (<usize>TOUCHED_KEYS << 3));
    for (; at < end; at += 64) sum += load<u64>(at);
  }
  // Otherwise nobody would need to load them.
  store<u64>(at8(<usize>load<u32>(state, HEADS), 2 * sources), sum);
}

/**
 * As {@link mergeKeys}, by heads: which of two random sources goes out first no processor can foresee, and so a match of two numbers is two
 * instructions without a branch. The head of a source's next row is made when its own is, so that no match waits for a key.
 */
function mergeHeads(state: usize, bits: u64, rowsMax: u32): i32 {
  const heads: usize = load<u32>(state, HEADS);
  const keys: usize = load<u32>(state, KEYS);
  const addresses: usize = load<u32>(state, AT);
  const ends: usize = load<u32>(state, ENDS);
  const sources = load<u32>(state, SOURCES);
  const runSources: usize = load<u32>(state, RUN_SOURCES);
  const runCounts: usize = load<u32>(state, RUN_COUNTS);
  const runsMax = load<u32>(state, RUNS_MAX);
  const mask = (<u64>1 << bits) - 1;
  const far = u64.MAX_VALUE >> bits;
  let rows = load<u32>(state, ROWS);
  let runs = load<u32>(state, RUNS);
  let last = load<u32>(state, LAST);
  let lastOfRuns = runs == 0 ? 0xffffffff : load<u32>(at4(runSources, runs - 1));
  let stop = IS_FULL;
  let best = load<u64>(heads);
  const least = load<u64>(at8(keys, <u32>(best & mask))) - (best >> bits);
  const nexts = at8(heads, sources);
  for (let source: u32 = 0; source < sources; source++) {
    const next = load<u64>(<usize>load<u32>(at4(addresses, source)), 8);
    store<u64>(at8(nexts, source), headOf(next, least, source, bits));
  }
  while (true) {
    const winner = <u32>(best & mask);
    if (best >> bits == far) {
      stop = IS_DONE;
      break;
    }
    if (rows == rowsMax) break;
    let at = load<u32>(at4(addresses, winner));
    const end = load<u32>(at4(ends, winner));
    if (at == end) {
      stop = NEEDS_KEYS;
      break;
    }
    let count: u32 = 1;
    if (winner == last) {
      const rival = runnerUpOfHeads(heads, sources, winner, mask);
      count = gallop(state, winner, min((end - at) >> 3, rowsMax - rows), rival);
    }
    if (lastOfRuns == winner) {
      const counted = at4(runCounts, runs - 1);
      store<u32>(counted, load<u32>(counted) + count);
    } else {
      if (runs == runsMax) {
        stop = NEEDS_RUNS;
        break;
      }
      store<u32>(at4(runSources, runs), winner);
      store<u32>(at4(runCounts, runs), count);
      lastOfRuns = winner;
      runs++;
    }
    last = winner;
    rows += count;
    at += count << 3;
    store<u32>(at4(addresses, winner), at);
    if (at == end) {
      stop = NEEDS_KEYS;
      break;
    }
    const key = load<u64>(<usize>at);
    store<u64>(at8(keys, winner), key);
    const next = at8(nexts, winner);
    best = count == 1 ? load<u64>(next) : headOf(key, least, winner, bits);
    store<u64>(next, headOf(load<u64>(<usize>at, 8), least, winner, bits));
    if (best >> bits == far) {
      stop = IS_FAR;
      break;
    }
    for (let node = (sources + winner) >> 1; node > 0; node >>= 1) {
      const place = at8(heads, node);
      const other = load<u64>(place);
      const isFirst = other < best;
      store<u64>(place, select<u64>(best, other, isFirst));
      best = select<u64>(other, best, isFirst);
    }
    store<u64>(heads, best);
  }
  store<u32>(state, rows, ROWS);
  store<u32>(state, runs, RUNS);
  store<u32>(state, last, LAST);
  return stop;
}

function mergeKeys(state: usize, rowsMax: u32): i32 {
  const tree: usize = load<u32>(state, TREE);
  const keys: usize = load<u32>(state, KEYS);
  const seconds: usize = load<u32>(state, SECONDS);
  const addresses: usize = load<u32>(state, AT);
  const ends: usize = load<u32>(state, ENDS);
  const ranks: usize = load<u32>(state, RANKS);
  const sources = load<u32>(state, SOURCES);
  const runsMax = load<u32>(state, RUNS_MAX);
  let rows = load<u32>(state, ROWS);
  let runs = load<u32>(state, RUNS);
  let last = load<u32>(state, LAST);
  let stop = IS_FULL;
  while (true) {
    const winner = load<u32>(tree);
    if (load<u32>(at4(ranks, winner)) >= sources) {
      stop = IS_DONE;
      break;
    }
    if (rows == rowsMax) break;
    let at = load<u32>(at4(addresses, winner));
    const end = load<u32>(at4(ends, winner));
    if (at == end) {
      stop = NEEDS_KEYS;
      break;
    }
    let count: u32 = 1;
    if (winner == last) count = gallop(state, winner, min((end - at) >> 3, rowsMax - rows), runnerUp(state));
    if (runs > 0 && load<u32>(at4(<usize>load<u32>(state, RUN_SOURCES), runs - 1)) == winner) {
      const counted = at4(<usize>load<u32>(state, RUN_COUNTS), runs - 1);
      store<u32>(counted, load<u32>(counted) + count);
    } else {
      if (runs == runsMax) {
        stop = NEEDS_RUNS;
        break;
      }
      store<u32>(at4(<usize>load<u32>(state, RUN_SOURCES), runs), winner);
      store<u32>(at4(<usize>load<u32>(state, RUN_COUNTS), runs), count);
      runs++;
    }
    last = winner;
    rows += count;
    at += count << 3;
    store<u32>(at4(addresses, winner), at);
    if (seconds != 0) {
      const second = at4(<usize>load<u32>(state, SECOND_AT), winner);
      store<u32>(second, load<u32>(second) + (count << 3));
      if (at != end) store<i64>(at8(seconds, winner), load<i64>(<usize>load<u32>(second)));
    }
    if (at == end) {
      stop = NEEDS_KEYS;
      break;
    }
    store<i64>(at8(keys, winner), load<i64>(<usize>at));
    mergeReplay(state);
  }
  store<u32>(state, rows, ROWS);
  store<u32>(state, runs, RUNS);
  store<u32>(state, last, LAST);
  return stop;
}

/** Row numbers of the output rows; `starts` holds the number of each source's next row, and is moved on. */
export function expandRuns(sources: usize, counts: usize, runs: u32, starts: usize, to: usize): void {
  for (let run: u32 = 0; run < runs; run++) {
    const start = at4(starts, load<u32>(at4(sources, run)));
    const count = load<u32>(at4(counts, run));
    const first = load<u32>(start);
    for (let i: u32 = 0; i < count; i++, to += 4) store<u32>(to, first + i);
    store<u32>(start, first + count);
  }
}
