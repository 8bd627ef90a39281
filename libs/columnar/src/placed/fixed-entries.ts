import { assert } from '@ticklake/core';
import { DICTIONARY_STATE_BYTES, dictionarySlotBytes, type Address } from '@ticklake/kernels';
import type { Arena } from '../arena/arena.js';
import { createArenaBuffer, type ArenaBuffer } from '../arena/arena-buffer.js';
import { createCodeMaps, type CodeMaps } from './code-maps.js';
import type { Width } from './placed-column.js';

/** Values that codes stand for, in an arena: not necessarily distinct, and the same object for as long as they are the same. */
export interface FixedDictionary {
  readonly values: Address;
  readonly count: number;
  /** Whether rows should stay codes: not worth it where most entries stand for one row. */
  readonly keepsCodes: boolean;
}

/** Fixed-width values that codes stand for, taken from any number of dictionaries. */
export interface FixedEntries {
  readonly address: Address;
  readonly count: number;
  /**
   * Makes entries distinct: those of the first dictionary may repeat until somebody depends on it. False when values were made to
   * collide, and from then on; entries are then as they were.
   */
  makeDistinct(): boolean;
  /**
   * Where codes of `dictionary` are translated to codes of these entries, a word of 32 bits each, until the next call; entries that are
   * new are taken in. `same` when they mean the same here. `undefined` when more would be taken in than pays for `rowCount` rows, or
   * values were made to collide: rows are then values, and nothing is translated before all is cleared.
   */
  translate(dictionary: FixedDictionary, rowCount: number): Address | 'same' | undefined;
  /** Takes values that are distinct, where there are none yet: their codes then mean the same here. */
  adopt(values: Address, count: number): void;
  clear(): void;
  release(): void;
}

/**
 * Where a few rows come from each of many large dictionaries, taking in all of their entries costs more than the rows as they are:
 * beyond so many, and so many for every row, rows are values. Two or three files in turn, which is what row groups are made of, stay
 * below.
 */
const TAKEN_IN = { free: 16_384, perRow: 1 } as const;

/** No entries yet. `onRenumbered` is told where codes given so far are translated, when entries that repeat become one. */
export function createFixedEntries(
  arena: Arena,
  width: Width,
  onRenumbered: (map: Address) => void,
): FixedEntries {
  return new Entries(arena, width, onRenumbered);
}

class Entries implements FixedEntries {
  count = 0;
  /** Values narrower than a word are looked up as words. */
  private readonly wordSize: 4 | 8;
  private readonly words: ArenaBuffer;
  private readonly narrow: ArenaBuffer;
  private readonly slots: ArenaBuffer;
  private readonly state: ArenaBuffer;
  private readonly held: ArenaBuffer;
  private readonly maps: CodeMaps;
  /** How many entries there are slots for; 0 while entries cannot be looked up. */
  private capacity = 0;
  private hasCollided = false;
  /** The dictionary that entries are, as it came, while they may repeat. */
  private unchecked: FixedDictionary | undefined;
  /** Of all dictionaries, whether or not they were new. */
  private takenIn = 0;

  constructor(
    private readonly arena: Arena,
    private readonly width: Width,
    private readonly onRenumbered: (map: Address) => void,
  ) {
    this.wordSize = width === 8 ? 8 : 4;
    this.words = createArenaBuffer(arena);
    this.narrow = createArenaBuffer(arena);
    this.slots = createArenaBuffer(arena);
    this.state = createArenaBuffer(arena);
    this.held = createArenaBuffer(arena);
    this.maps = createCodeMaps(arena);
  }

  get address(): Address {
    return this.width < 4 ? this.narrow.address : this.words.address;
  }

  translate(dictionary: FixedDictionary, rowCount: number): Address | 'same' | undefined {
    if (this.hasCollided) return undefined;
    const known = this.maps.find(dictionary);
    if (known !== undefined) return this.maps.isSame ? 'same' : known;
    const { values, count } = dictionary;
    this.takenIn += count;
    if (this.count === 0) {
      this.adopt(values, count);
      this.unchecked = dictionary;
      this.maps.add(dictionary, count);
      this.maps.markSame(true);
      return 'same';
    }
    const mayBeMany = this.takenIn > TAKEN_IN.free + TAKEN_IN.perRow * rowCount;
    if (mayBeMany || !this.makeDistinctFor(this.count + count)) return undefined;
    this.index(this.count + count);
    const codes = this.maps.add(dictionary, count);
    this.hasCollided = this.intern(this.asWords(values, count), count, codes) !== 0;
    if (this.hasCollided) return undefined;
    this.count = this.arena.kernels.dictionaryCount(this.state.address);
    this.makeNarrow();
    if (this.maps.isIdentity(count)) this.maps.markSame(true);
    return this.maps.isSame ? 'same' : codes;
  }

  makeDistinct(): boolean {
    return this.makeDistinctFor(this.count);
  }

  /** With slots for `needed` entries, where entries were not distinct already. */
  private makeDistinctFor(needed: number): boolean {
    const { arena, unchecked, count, wordSize } = this;
    if (unchecked === undefined) return !this.hasCollided;
    this.unchecked = undefined;
    const map = this.maps.find(unchecked);
    assert(map !== undefined, 'what was taken in has a map');
    const known = this.open(needed);
    this.hasCollided = this.intern(known, count, map) !== 0;
    if (this.hasCollided) {
      arena.move(known, this.words.address, count * wordSize);
      return false;
    }
    this.count = arena.kernels.dictionaryCount(this.state.address);
    if (this.count === count) return true;
    this.makeNarrow();
    this.maps.markSame(false);
    this.onRenumbered(map);
    return true;
  }

  adopt(values: Address, count: number): void {
    assert(this.count === 0, 'entries are adopted before any others');
    const from = this.asWords(values, count);
    const to = this.words.room(Math.max(count, 1) * this.wordSize);
    this.arena.move(from, to, count * this.wordSize);
    this.count = count;
    this.makeNarrow();
  }

  clear(): void {
    this.count = 0;
    this.capacity = 0;
    this.hasCollided = false;
    this.unchecked = undefined;
    this.takenIn = 0;
    this.maps.clear();
  }

  release(): void {
    this.clear();
    for (const one of [this.words, this.narrow, this.slots, this.state, this.held, this.maps]) one.release();
  }

  private intern(from: Address, count: number, codes: Address): number {
    const { kernels } = this.arena;
    const state = this.state.address;
    return this.width === 8
      ? kernels.intern64(state, from, count, codes)
      : kernels.intern32(state, from, count, codes);
  }

  private asWords(values: Address, count: number): Address {
    if (this.width >= 4) return values;
    const words = this.held.room(count * 4);
    this.arena.kernels.widen(values, count, this.width * 8, false, words);
    return words;
  }

  /** Makes distinct entries ready to be looked up, with slots for `needed` of them. */
  private index(needed: number): void {
    if (needed <= this.capacity) return;
    const known = this.open(needed);
    // Their codes are known, so where they go does not matter.
    assert(this.intern(known, this.count, known) === 0, 'entries that were distinct stay so');
  }

  /** Slots for `needed` entries, none of them taken; returns where those are that were known before. */
  private open(needed: number): Address {
    const known = this.held.room(Math.max(this.count, 1) * this.wordSize);
    this.arena.move(this.words.address, known, this.count * this.wordSize);
    this.capacity = Math.max(1024, 2 ** Math.ceil(Math.log2(needed)));
    const entries = this.words.room(this.capacity * this.wordSize);
    const slots = this.slots.room(dictionarySlotBytes(this.capacity));
    const state = this.state.room(DICTIONARY_STATE_BYTES);
    this.arena.kernels.dictionaryOpen(state, slots, entries, this.capacity);
    return known;
  }

  private makeNarrow(): void {
    if (this.width >= 4) return;
    const to = this.narrow.room(this.count * this.width);
    this.arena.kernels.narrow(this.words.address, this.count, this.width * 8, false, to);
  }
}
