// Rows of many sources in blocks: what comes before a key is sorted, instead of merged.

import {
  at4,
  at8,
  AT,
  comesFirst,
  ENDS,
  GOES_ON,
  HEADS,
  IS_FULL,
  KEYS,
  LAST,
  NEEDS_RUNS,
  RANKS,
  ROWS,
  ROWS_MAX,
  RUN_COUNTS,
  RUN_SOURCES,
  RUNS,
  RUNS_MAX,
  SCRATCH,
  SECONDS,
  SOURCES,
  TREE,
  WAIT,
} from './merge-state';

/** From so many sources on, a match for each doubling of them takes longer than sorting, and their keys are in no near cache any more. */
export const MANY_SOURCES: u32 = 64;

/** Most rows of a block: they stay in the second cache, twice. */
const BLOCK_ROWS: u32 = 16384;
/** With fewer the tree is as quick. */
const BLOCK_ROWS_MIN: u32 = 1024;
/** Where runs have more rows in the mean, the tree gallops. */
const RUN_ROWS_MAX: u32 = 4;
/** Rows for which the tree is taken then, and where more rows than a block has are as good as equal. */
const TREE_WAIT: u32 = 64 * BLOCK_ROWS;
const TREE_WAIT_EQUAL: u32 = 4 * BLOCK_ROWS;

/** An entry is a distance of 48 bits from the first key, and a source of 16 bits below. */
const SOURCE_BITS: u64 = 16;
const DISTANCE_MAX: u64 = (1 << 48) - 1;

/** Of a digit by which entries are sorted: with more, what they are put to is in no near cache. Scratch is counts of digits, then entries twice. */
const DIGIT_BITS_MAX: u32 = 12;
const COUNT_BYTES: usize = 1 << (DIGIT_BITS_MAX + 2);

export function maySort(state: usize): bool {
  const sources = load<u32>(state, SOURCES);
  const areMany = sources >= MANY_SOURCES && sources < 1 << <u32>SOURCE_BITS;
  return areMany && load<u32>(state, SCRATCH) != 0 && load<u32>(state, SECONDS) == 0;
}

/** Sorts block after block. `GOES_ON` where too few rows are known to come next. */
export function mergeSorted(state: usize): i32 {
  while (true) {
    const left = load<u32>(state, ROWS_MAX) - load<u32>(state, ROWS);
    if (left < BLOCK_ROWS_MIN) return GOES_ON;
    const count = collect(state, min(left, BLOCK_ROWS - (BLOCK_ROWS >> 2)));
    if (count < BLOCK_ROWS_MIN) return GOES_ON;
    const entries = sort(<usize>load<u32>(state, SCRATCH), count);
    const runsBefore = load<u32>(state, RUNS);
    const rows = giveRuns(state, entries, min(left, count));
    settle(state);
    if (rows < min(left, count)) return NEEDS_RUNS;
    if (rows == left) return IS_FULL;
    if ((load<u32>(state, RUNS) - runsBefore) * RUN_ROWS_MAX < rows) {
      store<u32>(state, TREE_WAIT, WAIT);
      return GOES_ON;
    }
  }
}

/** Puts entries of about so many rows that come next to scratch, in order of sources, then of rows; returns how many those are. */
function collect(state: usize, wanted: u32): u32 {
  const sources = load<u32>(state, SOURCES);
  const keys: usize = load<u32>(state, KEYS);
  const ranks: usize = load<u32>(state, RANKS);
  const addresses: usize = load<u32>(state, AT);
  const ends: usize = load<u32>(state, ENDS);
  const least = load<i64>(at8(keys, load<u32>(<usize>load<u32>(state, TREE))));
  // Behind the last key at hand of any source, and the first of one that is not open, nobody knows what comes next.
  let bound = u64.MAX_VALUE;
  let density: f64 = 0;
  for (let source: u32 = 0; source < sources; source++) {
    if (load<u32>(at4(ranks, source)) >= sources) continue;
    const first = load<u64>(at8(keys, source)) - least;
    const at = load<u32>(at4(addresses, source));
    const end = load<u32>(at4(ends, source));
    const last = at == end ? first : load<u64>(<usize>end - 8) - least;
    bound = min(bound, last);
    density += <f64>((end - at) >> 3) / (<f64>(last - first) + 1);
  }
  const expected = <f64>wanted / max(density, 1e-18);
  bound = min(bound, DISTANCE_MAX);
  if (expected < <f64>bound) bound = <u64>expected + 1;
  const entries = <usize>load<u32>(state, SCRATCH) + COUNT_BYTES;
  const most = at8(entries, BLOCK_ROWS);
  // Rows may stand closer than they do in the mean.
  for (let tries = 0; tries < 4; tries++, bound >>= 2) {
    let to = entries;
    for (let source: u32 = 0; source < sources && to < most; source++) {
      if (load<u32>(at4(ranks, source)) >= sources) continue;
      const end = <usize>load<u32>(at4(ends, source));
      for (let at = <usize>load<u32>(at4(addresses, source)); at < end && to < most; at += 8, to += 8) {
        const distance = load<u64>(at) - least;
        if (distance >= bound) break;
        store<u64>(to, (distance << SOURCE_BITS) | <u64>source);
      }
    }
    if (to < most) return <u32>((to - entries) >> 3);
  }
  store<u32>(state, TREE_WAIT_EQUAL, WAIT);
  return 0;
}

/** Entries in the order of `width` bits from `shift` on, those that have the same in the order in which they stand. */
function sortByDigit(counts: usize, from: usize, count: u32, to: usize, shift: u64, width: u32): void {
  const end = at8(from, count);
  const mask: u64 = (1 << width) - 1;
  memory.fill(counts, 0, 4 << width);
  for (let at = from; at < end; at += 8) {
    const place = at4(counts, <u32>((load<u64>(at) >> shift) & mask));
    store<u32>(place, load<u32>(place) + 1);
  }
  let before: u32 = <u32>to;
  for (let at = counts, last = counts + (4 << width); at < last; at += 4) {
    const here = load<u32>(at);
    store<u32>(at, before);
    before += here << 3;
  }
  for (let at = from; at < end; at += 8) {
    const entry = load<u64>(at);
    const place = at4(counts, <u32>((entry >> shift) & mask));
    const next = load<u32>(place);
    store<u32>(place, next + 8);
    store<u64>(next, entry);
  }
}

/** Sorts entries by distance, those that are as far in the order in which they stand; returns where they stand then. */
function sort(counts: usize, count: u32): usize {
  let from = counts + COUNT_BYTES;
  let to = at8(from, BLOCK_ROWS);
  let all: u64 = 0;
  for (let at = from, end = at8(from, count); at < end; at += 8) all |= load<u64>(at);
  const bits: u32 = 64 - <u32>clz<u64>(all >> SOURCE_BITS);
  const digits: u32 = (bits + DIGIT_BITS_MAX - 1) / DIGIT_BITS_MAX;
  if (digits == 0) return from;
  const width: u32 = (bits + digits - 1) / digits;
  for (let digit: u32 = 0; digit < digits; digit++) {
    sortByDigit(counts, from, count, to, SOURCE_BITS + <u64>(digit * width), width);
    const swap = from;
    from = to;
    to = swap;
  }
  return from;
}

/** The sources of entries as runs, as many of them as there is room for; returns of how many rows. */
function giveRuns(state: usize, entries: usize, count: u32): u32 {
  const addresses: usize = load<u32>(state, AT);
  const runSources: usize = load<u32>(state, RUN_SOURCES);
  const runCounts: usize = load<u32>(state, RUN_COUNTS);
  const runsMax = load<u32>(state, RUNS_MAX);
  let runs = load<u32>(state, RUNS);
  let last = runs == 0 ? 0xffffffff : load<u32>(at4(runSources, runs - 1));
  let done: u32 = 0;
  for (; done < count; done++) {
    const source = <u32>load<u16>(at8(entries, done));
    if (source == last) {
      const counted = at4(runCounts, runs - 1);
      store<u32>(counted, load<u32>(counted) + 1);
    } else {
      if (runs == runsMax) break;
      store<u32>(at4(runSources, runs), source);
      store<u32>(at4(runCounts, runs), 1);
      last = source;
      runs++;
    }
    const at = at4(addresses, source);
    store<u32>(at, load<u32>(at) + 8);
  }
  store<u32>(state, runs, RUNS);
  store<u32>(state, load<u32>(state, ROWS) + done, ROWS);
  if (done > 0) store<u32>(state, last, LAST);
  return done;
}

/** Plays every match anew, with the keys that sources stand at. */
function settle(state: usize): void {
  const sources = load<u32>(state, SOURCES);
  const keys: usize = load<u32>(state, KEYS);
  const addresses: usize = load<u32>(state, AT);
  const ends: usize = load<u32>(state, ENDS);
  const tree: usize = load<u32>(state, TREE);
  const winners: usize = load<u32>(state, HEADS);
  for (let source: u32 = 0; source < sources; source++) {
    const at = load<u32>(at4(addresses, source));
    if (at != load<u32>(at4(ends, source))) store<u64>(at8(keys, source), load<u64>(<usize>at));
    store<u32>(at4(winners, sources + source), source);
  }
  for (let node = sources - 1; node > 0; node--) {
    const a = load<u32>(at4(winners, 2 * node));
    const b = load<u32>(at4(winners, 2 * node + 1));
    const isFirst = comesFirst(state, a, b);
    store<u32>(at4(winners, node), isFirst ? a : b);
    store<u32>(at4(tree, node), isFirst ? b : a);
  }
  store<u32>(tree, load<u32>(at4(winners, 1)));
}
