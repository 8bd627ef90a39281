import { createArenaBuffer, type Arena, type ArenaBuffer } from '@ticklake/columnar';
import {
  MERGE_SCRATCH_BYTES,
  MERGE_STATE,
  MERGE_STATE_BYTES,
  MERGE_STOP,
  SORTED_SOURCES_MIN,
  type Address,
} from '@ticklake/kernels';
import type { KeyPiece } from './merge-source.js';

/** Where every source of a merge stands, and the runs that follow from it. Internal. */
export interface MergeState {
  /** The source that goes on. */
  readonly winner: number;
  /** Rows and runs since {@link MergeState.clearRuns}. */
  readonly rowCount: number;
  readonly runCount: number;
  readonly runs: { readonly sources: Address; readonly counts: Address };
  /** Appends runs, up to `rowsMax` rows since they were cleared, and says why it stopped. */
  run(rowsMax: number): 'full' | 'needs keys' | 'done';
  /** The winner goes on with these keys. */
  standAt(keys: KeyPiece): void;
  /** The winner has no more rows. */
  end(): void;
  clearRuns(): void;
  release(): void;
}

/** Runs there is room for at first. */
const RUNS_MAX = 4096;
const KEY_MIN = -(1n << 63n);
const KEY_MAX = (1n << 63n) - 1n;

/** `lowerBounds` has an entry a source: no key of it is below that. Each source stands there until it is given keys. */
export function createMergeState(
  arena: Arena,
  options: { readonly lowerBounds: readonly (bigint | undefined)[]; readonly orderKeys: 1 | 2 },
): MergeState {
  return new State(arena, options.lowerBounds, options.orderKeys);
}

const NOBODY = 0xffff_ffff;

class State implements MergeState {
  private readonly places: Places;
  private readonly runSources: ArenaBuffer;
  private readonly runCounts: ArenaBuffer;
  private runsMax = 0;

  constructor(
    private readonly arena: Arena,
    lowerBounds: readonly (bigint | undefined)[],
    orderKeys: 1 | 2,
  ) {
    this.places = placesOf(arena, lowerBounds.length, orderKeys);
    this.runSources = createArenaBuffer(arena);
    this.runCounts = createArenaBuffer(arena);
    const { keys, seconds, ranks, at, ends, tree } = this.places;
    lowerBounds.forEach((bound, source) => {
      keys[source] = bound ?? KEY_MIN;
      ranks[source] = source;
    });
    seconds?.fill(KEY_MIN);
    at.fill(0);
    ends.fill(0);
    this.setWord(MERGE_STATE.LAST, NOBODY);
    this.clearRuns();
    try {
      this.makeRoom();
    } catch (error) {
      this.release();
      throw error;
    }
    playAll(tree, keys);
  }

  get winner(): number {
    return this.places.tree[0] as number;
  }

  get rowCount(): number {
    return this.word(MERGE_STATE.ROWS);
  }

  get runCount(): number {
    return this.word(MERGE_STATE.RUNS);
  }

  get runs(): { readonly sources: Address; readonly counts: Address } {
    return { sources: this.runSources.address, counts: this.runCounts.address };
  }

  run(rowsMax: number): 'full' | 'needs keys' | 'done' {
    this.setWord(MERGE_STATE.ROWS_MAX, rowsMax);
    for (;;) {
      const stop = this.arena.kernels.mergeRuns(this.places.state);
      if (stop === MERGE_STOP.FULL) return 'full';
      if (stop === MERGE_STOP.DONE) return 'done';
      if (stop === MERGE_STOP.NEEDS_KEYS) return 'needs keys';
      this.makeRoom();
    }
  }

  standAt({ rowCount, first, second }: KeyPiece): void {
    const { winner, arena } = this;
    const { at, ends, keys, seconds, secondAt, state } = this.places;
    at[winner] = first;
    ends[winner] = first + rowCount * 8;
    keys[winner] = arena.view(BigInt64Array, first, 1)[0] as bigint;
    if (seconds !== undefined) {
      secondAt[winner] = second;
      seconds[winner] = arena.view(BigInt64Array, second, 1)[0] as bigint;
    }
    arena.kernels.mergeReplay(state);
  }

  end(): void {
    const { winner } = this;
    const { keys, seconds, ranks, state } = this.places;
    keys[winner] = KEY_MAX;
    if (seconds !== undefined) seconds[winner] = KEY_MAX;
    // A row with the greatest key there is goes out before a source that has ended.
    ranks[winner] = ranks.length + winner;
    this.arena.kernels.mergeReplay(state);
  }

  clearRuns(): void {
    this.setWord(MERGE_STATE.RUNS, 0);
    this.setWord(MERGE_STATE.ROWS, 0);
  }

  release(): void {
    for (const one of [this.places, this.runSources, this.runCounts]) one.release();
  }

  private makeRoom(): void {
    const used = this.runCount * 4;
    this.runsMax = Math.max(RUNS_MAX, this.runsMax * 2);
    this.setWord(MERGE_STATE.RUN_SOURCES, this.runSources.grow(this.runsMax * 4, used));
    this.setWord(MERGE_STATE.RUN_COUNTS, this.runCounts.grow(this.runsMax * 4, used));
    this.setWord(MERGE_STATE.RUNS_MAX, this.runsMax);
  }

  private word(byteOffset: number): number {
    return this.places.words[byteOffset / 4] as number;
  }

  private setWord(byteOffset: number, value: number): void {
    this.places.words[byteOffset / 4] = value;
  }
}

type Places = ReturnType<typeof placesOf>;

/** The state of a merge and its lists, in one block. */
function placesOf(arena: Arena, count: number, orderKeys: 1 | 2) {
  const block = createArenaBuffer(arena);
  const eights = ((orderKeys + 2) * count + 1) * 8;
  const scratchBytes = orderKeys === 1 && count >= SORTED_SOURCES_MIN ? MERGE_SCRATCH_BYTES : 0;
  const state = block.room(MERGE_STATE_BYTES + eights + 5 * count * 4 + scratchBytes);
  let next = state + MERGE_STATE_BYTES;
  const words = arena.view(Uint32Array, state, MERGE_STATE_BYTES / 4);
  const take = (slot: number, size: number) => {
    const place = next;
    words[slot / 4] = place;
    next += size;
    return place;
  };
  const list64 = (slot: number) => arena.view(BigInt64Array, take(slot, count * 8), count);
  const list32 = (slot: number) => arena.view(Uint32Array, take(slot, count * 4), count);
  words[MERGE_STATE.SOURCES / 4] = count;
  words[MERGE_STATE.SECONDS / 4] = 0;
  words[MERGE_STATE.WAIT / 4] = 0;
  take(MERGE_STATE.SCRATCH, scratchBytes);
  if (scratchBytes === 0) words[MERGE_STATE.SCRATCH / 4] = 0;
  take(MERGE_STATE.HEADS, (2 * count + 1) * 8);
  return {
    state,
    words,
    keys: list64(MERGE_STATE.KEYS),
    seconds: orderKeys === 2 ? list64(MERGE_STATE.SECONDS) : undefined,
    tree: list32(MERGE_STATE.TREE),
    ranks: list32(MERGE_STATE.RANKS),
    at: list32(MERGE_STATE.AT),
    ends: list32(MERGE_STATE.ENDS),
    secondAt: list32(MERGE_STATE.SECOND_AT),
    release: () => block.release(),
  };
}

/** Plays every match: entry 0 of the tree becomes the winner, entry `n` who lost at node `n`. */
function playAll(tree: Uint32Array, keys: BigInt64Array): void {
  const count = tree.length;
  const winners = new Uint32Array(2 * count);
  for (let source = 0; source < count; source++) winners[count + source] = source;
  for (let node = count - 1; node > 0; node--) {
    const [a, b] = [winners[2 * node] as number, winners[2 * node + 1] as number];
    const [x, y] = [keys[a] as bigint, keys[b] as bigint];
    const isFirst = x === y ? a < b : x < y;
    winners[node] = isFirst ? a : b;
    tree[node] = isFirst ? b : a;
  }
  tree[0] = winners[1] as number;
}
