// Where a merge's state is, and which of two sources goes out first.

// A merge, 72 bytes; every list but the two of runs has an entry a source.
export const SOURCES: usize = 0;
export const TREE: usize = 4; // entry 0 is the winner, entry n of the others the source that lost there
export const KEYS: usize = 8; // first keys that sources stand at, 64 bits each
export const SECONDS: usize = 12; // second keys; 0 when there are none
export const RANKS: usize = 16; // settle equal keys: the source's number, higher than any where it has ended
export const AT: usize = 20; // addresses of first keys that sources stand at
export const ENDS: usize = 24; // where those end
export const SECOND_AT: usize = 28; // addresses of second keys
export const LAST: usize = 32; // who won last, 0xffffffff before anybody did
export const RUN_SOURCES: usize = 36;
export const RUN_COUNTS: usize = 40;
export const RUNS: usize = 44; // runs so far
export const RUNS_MAX: usize = 48;
export const ROWS: usize = 52; // rows of them
export const ROWS_MAX: usize = 56;
export const HEADS: usize = 60; // a head for each entry of the tree, for each source that of its next row, and a number more: nothing between calls
export const SCRATCH: usize = 64; // what blocks of rows are sorted in; 0 where they are not
export const WAIT: usize = 68; // rows to go before a block is sorted again

export const IS_FULL: i32 = 0;
export const NEEDS_KEYS: i32 = 1;
export const IS_DONE: i32 = 2;
export const NEEDS_RUNS: i32 = 3;
export const IS_FAR: i32 = 4; // answered to nobody else
export const GOES_ON: i32 = 5; // likewise

// @ts-ignore: decorator
@inline
export function at4(list: usize, i: u32): usize {
  return list + (<usize>i << 2);
}

// @ts-ignore: decorator
@inline
export function at8(list: usize, i: u32): usize {
  return list + (<usize>i << 3);
}

/** Whether source `a` goes out before source `b`. */
// @ts-ignore: decorator
@inline
export function comesFirst(state: usize, a: u32, b: u32): bool {
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
