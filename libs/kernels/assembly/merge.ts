// The order of all rows of many sorted sources, as runs.

// A merge, 64 bytes; every list but the two of runs has an entry a source.
const SOURCES: usize = 0;
const TREE: usize = 4; // entry 0 is the winner, entry n of the others the source that lost there
const KEYS: usize = 8; // first keys that sources stand at, 64 bits each
const SECONDS: usize = 12; // second keys; 0 when there are none
const RANKS: usize = 16; // settle equal keys: the source's number, higher than any where it has ended
const AT: usize = 20; // addresses of first keys that sources stand at
const ENDS: usize = 24; // where those end
const SECOND_AT: usize = 28; // addresses of second keys
const LAST: usize = 32; // who won last, 0xffffffff before anybody did
const RUN_SOURCES: usize = 36;
const RUN_COUNTS: usize = 40;
const RUNS: usize = 44; // runs so far
const RUNS_MAX: usize = 48;
const ROWS: usize = 52; // rows of them
const ROWS_MAX: usize = 56;

const IS_FULL: i32 = 0;
const NEEDS_KEYS: i32 = 1;
const IS_DONE: i32 = 2;
const NEEDS_RUNS: i32 = 3;

// @ts-ignore: decorator
@inline
function at4(list: usize, i: u32): usize {
  return list + (<usize>i << 2);
}

// @ts-ignore: decorator
@inline
function at8(list: usize, i: u32): usize {
  return list + (<usize>i << 3);
}

/** Whether source `a` goes out before source `b`. */
// @ts-ignore: decorator
@inline
function comesFirst(state: usize, a: u32, b: u32): bool {
  const keys: usize = load<u32>(state, KEYS);
  const x = load<i64>(at8(keys, a));
  const y = load<i64>(at8(keys, b));
  return x == y ? comesFirstOfEqual(state, a, b) : x < y;
}

function comesFirstOfEqual(state: usize, a: u32, b: u32): bool {
  const seconds: usize = load<u32>(state, SECONDS);
  if (seconds != 0) {
    const x = load<i64>(at8(seconds, a));
    const y = load<i64>(at8(seconds, b));
    if (x != y) return x < y;
  }
  const ranks: usize = load<u32>(state, RANKS);
  return load<u32>(at4(ranks, a)) < load<u32>(at4(ranks, b));
}

/** Settles the winner anew after the head of the present winner, and of no other source, has moved on. */
export function mergeReplay(state: usize): void {
  const keys: usize = load<u32>(state, KEYS);
  const key = load<i64>(at8(keys, load<u32>(<usize>load<u32>(state, TREE))));
  // Sources that have ended stand at the greatest key. Below it, equal ones are settled by the numbers of sources alone.
  if (load<u32>(state, SECONDS) == 0 && key != i64.MAX_VALUE) replayBelow(state, key);
  else replay(state);
}

/**
 * Which of two random sources goes out first no processor can foresee, and a wrong guess costs more than a match: matches are played
 * without branches.
 */
function replayBelow(state: usize, best: i64): void {
  const tree: usize = load<u32>(state, TREE);
  const keys: usize = load<u32>(state, KEYS);
  let winner = load<u32>(tree);
  for (let node = (load<u32>(state, SOURCES) + winner) >> 1; node > 0; node >>= 1) {
    const loser = load<u32>(at4(tree, node));
    const other = load<i64>(at8(keys, loser));
    const isFirst = u32(other < best) | (u32(other == best) & u32(loser < winner));
    store<u32>(at4(tree, node), select<u32>(winner, loser, isFirst));
    winner = select<u32>(loser, winner, isFirst);
    best = select<i64>(other, best, isFirst);
  }
  store<u32>(tree, winner);
}

function replay(state: usize): void {
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

export function mergeRuns(state: usize): i32 {
  const tree: usize = load<u32>(state, TREE);
  const keys: usize = load<u32>(state, KEYS);
  const seconds: usize = load<u32>(state, SECONDS);
  const addresses: usize = load<u32>(state, AT);
  const ends: usize = load<u32>(state, ENDS);
  const ranks: usize = load<u32>(state, RANKS);
  const sources = load<u32>(state, SOURCES);
  const rowsMax = load<u32>(state, ROWS_MAX);
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
