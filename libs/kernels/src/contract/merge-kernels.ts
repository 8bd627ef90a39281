import type { Address } from './kernels.js';

/** What a merge's state holds: words of 32 bits at these byte offsets. Every list but those of runs has an entry a source. */
export const MERGE_STATE = {
  /** How many sources there are. */
  SOURCES: 0,
  /** A loser tree: entry 0 is the winner, entry `n` of the others the source that lost there. Words of 32 bits. */
  TREE: 4,
  /** First keys of the rows that sources stand at, 64 bits each. */
  KEYS: 8,
  /** Second keys likewise; 0 where rows have one key. */
  SECONDS: 12,
  /** What settles equal keys, 32 bits each: a source's own number; at or above the number of sources once it has ended. */
  RANKS: 16,
  /** Addresses of those first keys, 32 bits each. */
  AT: 20,
  /** Where the first keys at hand end, 32 bits each. */
  ENDS: 24,
  /** Addresses of the second keys, 32 bits each. */
  SECOND_AT: 28,
  /** Who won last; 0xffffffff before anybody did. */
  LAST: 32,
  /** Sources of the runs, 32 bits each. */
  RUN_SOURCES: 36,
  /** Their row counts, 32 bits each. */
  RUN_COUNTS: 40,
  /** How many runs there are. */
  RUNS: 44,
  /** How many there is room for. */
  RUNS_MAX: 48,
  /** How many rows they have. */
  ROWS: 52,
  /** How many rows they may have. */
  ROWS_MAX: 56,
  /** Room for two numbers of 64 bits a source and one more, which mean nothing between calls. */
  HEADS: 60,
  /** Room for {@link MERGE_SCRATCH_BYTES}, which means nothing between calls, where there are many sources; 0: rows are never sorted. */
  SCRATCH: 64,
  /** How many rows are merged before any are sorted again; 0 at first, and then of the kernel alone. */
  WAIT: 68,
} as const;

/** Bytes of a merge's state. */
export const MERGE_STATE_BYTES = 72;

/** Bytes that blocks of rows are sorted in: counts of digits, and twice the entries of a block. */
export const MERGE_SCRATCH_BYTES = 16_384 + 2 * 8 * 16_384;

/** From so many sources on, blocks of rows with one key may be sorted, which takes less than merging them. */
export const SORTED_SOURCES_MIN = 64;

/** Why {@link MergeKernels.mergeRuns} stopped. */
export const MERGE_STOP = {
  /** There are as many rows as there may be. */
  FULL: 0,
  /** The winner has no more keys at hand. */
  NEEDS_KEYS: 1,
  /** Every source has ended. */
  DONE: 2,
  /** There is no room for another run. */
  NEEDS_RUNS: 3,
} as const;

/** The order of all rows of many sorted sources, as runs. */
export interface MergeKernels {
  /**
   * Appends runs: ascending by first key, then second, then rank. A source that wins twice in a row gallops to the runner-up's
   * key, so long runs cost little and sources that alternate do not pay for them. Returns a {@link MERGE_STOP}.
   */
  mergeRuns(state: Address): number;
  /** Settles the winner anew after the head of the present winner, and of no other source, has moved on. */
  mergeReplay(state: Address): void;
  /**
   * Runs to row numbers, one a row. `starts` holds the number of each source's next row and is moved on.
   */
  expandRuns(sources: Address, counts: Address, runs: number, starts: Address, to: Address): void;
}
