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

/** Distinct fixed-width values that codes stand for, taken from any number of dictionaries. */
export interface FixedEntries {
  readonly address: Address;
  readonly count: number;
  /**
   * Where codes of `dictionary` are translated to codes of these entries, of which there are `rowCount` rows by then, a word of 32 bits
   * each, until the next call; those
   * entries that are new are taken in. `same` when they mean the same here. `undefined` when values were made to collide, or more were
   * to be taken in than pays, and from then on.
   */
  translate(dictionary: FixedDictionary, rowCount: number): Address | 'same' | undefined;
  /** Takes distinct values as they are, where there are none yet: their codes then mean the same here. */
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

/** No entries yet. */
export function createFixedEntries(arena: Arena, width: Width): FixedEntries {
  return new Entries(arena, width);
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
  /** Of all dictionaries, whether or not they were new. */
  private takenIn = 0;

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
    const isFirst = this.count === 0;
    const takenInMax = TAKEN_IN.free + TAKEN_IN.perRow * rowCount;
    if (!isFirst && this.takenIn + count > takenInMax) return undefined;
    this.takenIn += count;
    this.index(this.count + count);
    const codes = this.maps.add(dictionary, count);
    this.hasCollided = this.intern(this.asWords(values, count), count, codes) !== 0;
    if (this.hasCollided) return undefined;
    this.count = this.arena.kernels.dictionaryCount(this.state.address);
    this.makeNarrow();
    // Values that are new when there are none yet are numbered as they come.
    if ((isFirst && this.count === count) || this.maps.isIdentity(count)) this.maps.markSame();
    return this.maps.isSame ? 'same' : codes;
  }

  adopt(values: Address, count: number): void {
    assert(this.count === 0, 'entries are adopted before any others');
    const from = this.asWords(values, count);
    const to = this.words.room(count * this.wordSize);
    this.arena.move(from, to, count * this.wordSize);
    this.count = count;
    this.makeNarrow();
  }

  clear(): void {
    this.count = 0;
    this.capacity = 0;
    this.hasCollided = false;
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

  /** Makes entries ready to be looked up, with slots for `needed` of them. */
  private index(needed: number): void {
    if (needed <= this.capacity) return;
    const known = this.held.room(this.count * this.wordSize);
    this.arena.move(this.words.address, known, this.count * this.wordSize);
    this.capacity = Math.max(1024, 2 ** Math.ceil(Math.log2(needed)));
    const entries = this.words.room(this.capacity * this.wordSize);
    const slots = this.slots.room(dictionarySlotBytes(this.capacity));
    const state = this.state.room(DICTIONARY_STATE_BYTES);
    this.arena.kernels.dictionaryOpen(state, slots, entries, this.capacity);
    // Their codes are known, so where they go does not matter.
    assert(this.intern(known, this.count, known) === 0, 'entries that were distinct stay so');
  }

  private makeNarrow(): void {
    if (this.width >= 4) return;
    const to = this.narrow.room(this.count * this.width);
    this.arena.kernels.narrow(this.words.address, this.count, this.width * 8, false, to);
  }
}
