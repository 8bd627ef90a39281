import { DICTIONARY_STATE_BYTES, dictionarySlotBytes, type Address } from '@ticklake/kernels';
import type { Arena } from '../arena/arena.js';
import { createArenaBuffer, type ArenaBuffer } from '../arena/arena-buffer.js';
import type { Width } from './placed-column.js';

/** Rows as codes, a word of 32 bits each. A null's code is 0. */
export interface CodedRows {
  readonly codes: Address;
  readonly count: number;
  /** A byte a row, 1 = present; 0 when all are. */
  readonly validity: Address;
}

/** Values that rows are codes of, as words, and for each of them which entry it has become: its number + 1, or 0. */
export interface NumberedWords {
  readonly words: Address;
  readonly map: Address;
  readonly count: number;
}

/** Entries that are put in again when there are more than there is room for: then there is room for half as many more. */
const SPARE = 1.5;

/** Fixed-width entries, one after another, and slots by which they are found. Entries narrower than a word are found as words. */
export class FixedTable {
  count = 0;
  private readonly wordSize: 4 | 8;
  private readonly words: ArenaBuffer;
  private readonly narrow: ArenaBuffer;
  private readonly slots: ArenaBuffer;
  private readonly state: ArenaBuffer;
  private readonly held: ArenaBuffer;
  /** How many entries there are slots for; 0 while entries cannot be found. */
  private capacity = 0;

  constructor(
    private readonly arena: Arena,
    private readonly width: Width,
  ) {
    this.wordSize = width === 8 ? 8 : 4;
    this.words = createArenaBuffer(arena);
    this.narrow = createArenaBuffer(arena);
    this.slots = createArenaBuffer(arena);
    this.state = createArenaBuffer(arena);
    this.held = createArenaBuffer(arena);
  }

  /** Where entries stand, as wide as they are. */
  get address(): Address {
    return this.width < 4 ? this.narrow.address : this.words.address;
  }

  /** Has these values for entries, and no others; they cannot be found. */
  hold(values: Address, count: number): void {
    const from = this.asWords(values, count);
    const to = this.words.room(Math.max(count, 1) * this.wordSize);
    this.arena.move(from, to, count * this.wordSize);
    this.count = count;
    this.capacity = 0;
    this.makeNarrow();
  }

  /** Values as words, until the next call of any function but {@link FixedTable.intern}. */
  asWords(values: Address, count: number): Address {
    if (this.width >= 4) return values;
    const words = this.held.room(count * 4);
    this.arena.kernels.widen(values, count, this.width * 8, false, words);
    return words;
  }

  /** Has slots for `needed` entries, with those that there are. False when values were made to collide; entries are then as they were. */
  index(needed: number): boolean {
    if (needed <= this.capacity) return true;
    const { arena, count, wordSize } = this;
    const { kernels } = arena;
    const known = this.open(needed);
    const state = this.state.address;
    const intern = this.width === 8 ? kernels.intern64 : kernels.intern32;
    // Their codes are known, so where they go does not matter.
    const isDone = intern(state, known, count, known) === 0;
    this.count = count;
    if (isDone) return true;
    const done = kernels.dictionaryCount(state) * wordSize;
    arena.move(known + done, this.words.address + done, count * wordSize - done);
    return false;
  }

  /** Has slots for `needed` entries, and no entries; returns the words of those that there were. */
  open(needed: number): Address {
    const known = this.held.room(Math.max(this.count, 1) * this.wordSize);
    this.arena.move(this.words.address, known, this.count * this.wordSize);
    this.capacity = Math.max(1024, 2 ** Math.ceil(Math.log2(needed * SPARE)));
    const entries = this.words.room(this.capacity * this.wordSize);
    const slots = this.slots.room(dictionarySlotBytes(this.capacity));
    const state = this.state.room(DICTIONARY_STATE_BYTES);
    this.arena.kernels.dictionaryOpen(state, slots, entries, this.capacity);
    this.count = 0;
    return known;
  }

  /** Brings values, as words, to entries, which are as many as {@link FixedTable.index} was told at most. False when they were made to collide. */
  intern(words: Address, count: number, codes: Address): boolean {
    const { kernels } = this.arena;
    const intern = this.width === 8 ? kernels.intern64 : kernels.intern32;
    const isDone = intern(this.state.address, words, count, codes) === 0;
    this.recount();
    return isDone;
  }

  /** Brings rows to codes of entries, see the kernel. False when values were made to collide; the number of entries is then as it was. */
  internCodes(from: NumberedWords, { codes, count, validity }: CodedRows, order: Address): boolean {
    const { kernels } = this.arena;
    const intern = this.width === 8 ? kernels.internCodes64 : kernels.internCodes32;
    const isDone = intern(this.state.address, from.words, from.map, codes, count, validity, order) === 0;
    if (isDone) this.recount();
    return isDone;
  }

  /** Has the entries again that there were before {@link FixedTable.open}; they cannot be found. */
  putBack(words: Address, count: number): void {
    this.arena.move(words, this.words.address, count * this.wordSize);
    this.count = count;
    this.capacity = 0;
  }

  /** Back to no entries, in the memory that there is. */
  clear(): void {
    this.count = 0;
    this.capacity = 0;
  }

  release(): void {
    this.clear();
    for (const one of [this.words, this.narrow, this.slots, this.state, this.held]) one.release();
  }

  private recount(): void {
    this.count = this.arena.kernels.dictionaryCount(this.state.address);
    this.makeNarrow();
  }

  private makeNarrow(): void {
    if (this.width >= 4) return;
    const to = this.narrow.room(Math.max(this.count, 1) * this.width);
    this.arena.kernels.narrow(this.words.address, this.count, this.width * 8, false, to);
  }
}
