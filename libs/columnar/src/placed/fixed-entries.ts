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

/** Rows as codes, a word of 32 bits each. A null's code is 0. */
export interface CodedRows {
  readonly codes: Address;
  readonly count: number;
  /** A byte a row, 1 = present; 0 when all are. */
  readonly validity: Address;
}

/** Fixed-width values that codes stand for, taken from any number of dictionaries. */
export interface FixedEntries {
  readonly address: Address;
  readonly count: number;
  /** Whether entries stand in order of the first row that has them, and every one is had by some row. */
  readonly isInOrder: boolean;
  /**
   * Makes entries distinct: those of the first dictionary may repeat until somebody depends on it. Rows so far are renumbered. False when
   * values were made to collide, and from then on; entries and rows are then as they were.
   */
  makeDistinct(): boolean;
  /**
   * Brings rows of `dictionary`, which are to follow those so far, to codes of these entries, in place; values that rows have and no entry
   * is are taken in. False when more might be taken in than pays for the rows there are, or values were made to collide: codes are then
   * as they were, rows are to be values, and nothing is taken in before all is cleared.
   */
  takeIn(dictionary: FixedDictionary, rows: CodedRows): boolean;
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

/** Entries that come to be known are put in again when there are more than there is room for. */
const SPARE = 1.5;

/** No entries yet. `rowsSoFar` are those whose codes are of these entries. */
export function createFixedEntries(arena: Arena, width: Width, rowsSoFar: () => CodedRows): FixedEntries {
  return new Entries(arena, width, rowsSoFar);
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
  private readonly order: ArenaBuffer;
  private readonly maps: CodeMaps;
  /** How many entries there are slots for; 0 while entries cannot be looked up. */
  private capacity = 0;
  private hasCollided = false;
  /** What entries are, as it came, until rows are numbered in their order: the first dictionary, or what was adopted. */
  private asCame: object | undefined;
  private mayRepeat = false;
  /** Of all dictionaries, whether or not they were new. */
  private takenIn = 0;

  constructor(
    private readonly arena: Arena,
    private readonly width: Width,
    private readonly rowsSoFar: () => CodedRows,
  ) {
    this.wordSize = width === 8 ? 8 : 4;
    this.words = createArenaBuffer(arena);
    this.narrow = createArenaBuffer(arena);
    this.slots = createArenaBuffer(arena);
    this.state = createArenaBuffer(arena);
    this.held = createArenaBuffer(arena);
    this.order = createArenaBuffer(arena);
    this.maps = createCodeMaps(arena);
  }

  get address(): Address {
    return this.width < 4 ? this.narrow.address : this.words.address;
  }

  get isInOrder(): boolean {
    return this.asCame === undefined;
  }

  takeIn(dictionary: FixedDictionary, rows: CodedRows): boolean {
    if (this.hasCollided) return false;
    if (dictionary === this.asCame) return true;
    const { values, count } = dictionary;
    if (this.maps.find(dictionary) === undefined) this.takenIn += count;
    if (this.count === 0) {
      this.adopt(values, count);
      this.asCame = dictionary;
      this.mayRepeat = true;
      return true;
    }
    if (this.maps.find(dictionary) === undefined) {
      const rowCount = this.rowsSoFar().count + rows.count;
      if (this.takenIn > TAKEN_IN.free + TAKEN_IN.perRow * rowCount) return false;
    }
    const more = Math.min(count, rows.count);
    if (!this.numberRows(more) || !this.index(this.count + more)) return false;
    const map = this.maps.find(dictionary) ?? this.maps.add(dictionary, count);
    return this.number({ table: this.asWords(values, count), map, count }, rows);
  }

  makeDistinct(): boolean {
    return this.mayRepeat ? this.numberRows(0) : !this.hasCollided;
  }

  /** Numbers the rows so far, where that was not done already; with slots for so many entries more. */
  private numberRows(more: number): boolean {
    const { arena, asCame, count, wordSize } = this;
    if (asCame === undefined) return !this.hasCollided;
    this.asCame = undefined;
    this.mayRepeat = false;
    const rows = this.rowsSoFar();
    const table = this.open(Math.min(count, rows.count) + more);
    const isDone = this.number({ table, map: this.maps.add(asCame, count), count }, rows);
    if (!isDone) arena.move(table, this.words.address, count * wordSize);
    return isDone;
  }

  /** Brings codes of a table to codes of entries. False when values were made to collide; codes are then as they were. */
  private number(from: Table, { codes, count, validity }: CodedRows): boolean {
    const { arena } = this;
    const known = arena.kernels.dictionaryCount(this.state.address);
    // One value everywhere needs no look at every code.
    const isOne = from.count === 1 && validity === 0;
    let isDone = this.internCodes(from, { codes, count: isOne ? Math.min(count, 1) : count, validity });
    if (isDone && isOne && count > 0 && arena.view(Uint32Array, codes, 1)[0] !== 0) {
      isDone = this.internCodes(from, { codes: codes + 4, count: count - 1, validity });
    }
    this.hasCollided = !isDone;
    if (!isDone) {
      restoreCodes(arena, { ...from, order: this.order.address }, known, { codes, count });
      return false;
    }
    this.count = arena.kernels.dictionaryCount(this.state.address);
    this.makeNarrow();
    return true;
  }

  private internCodes(
    { table, map, count: tableCount }: Table,
    { codes, count, validity }: CodedRows,
  ): boolean {
    const { kernels } = this.arena;
    const order = this.order.room((Math.min(count, tableCount) + 1) * 4);
    const intern = this.width === 8 ? kernels.internCodes64 : kernels.internCodes32;
    return intern(this.state.address, table, map, codes, count, validity, order) === 0;
  }

  adopt(values: Address, count: number): void {
    assert(this.count === 0, 'entries are adopted before any others');
    const from = this.asWords(values, count);
    const to = this.words.room(Math.max(count, 1) * this.wordSize);
    this.arena.move(from, to, count * this.wordSize);
    this.count = count;
    this.asCame = {};
    this.mayRepeat = false;
    this.makeNarrow();
  }

  clear(): void {
    this.count = 0;
    this.capacity = 0;
    this.hasCollided = false;
    this.asCame = undefined;
    this.mayRepeat = false;
    this.takenIn = 0;
    this.maps.clear();
  }

  release(): void {
    this.clear();
    for (const one of [this.words, this.narrow, this.slots, this.state]) one.release();
    for (const one of [this.held, this.order, this.maps]) one.release();
  }

  private asWords(values: Address, count: number): Address {
    if (this.width >= 4) return values;
    const words = this.held.room(count * 4);
    this.arena.kernels.widen(values, count, this.width * 8, false, words);
    return words;
  }

  /** Slots for `needed` entries, with those that there are. False when values were made to collide. */
  private index(needed: number): boolean {
    if (needed <= this.capacity) return true;
    const { arena, count, wordSize } = this;
    const { kernels } = arena;
    const known = this.open(needed);
    const state = this.state.address;
    const intern = this.width === 8 ? kernels.intern64 : kernels.intern32;
    // Their codes are known, so where they go does not matter.
    this.hasCollided = intern(state, known, count, known) !== 0;
    if (!this.hasCollided) return true;
    const done = kernels.dictionaryCount(state) * wordSize;
    arena.move(known + done, this.words.address + done, count * wordSize - done);
    return false;
  }

  /** Slots for `needed` entries, none of them taken; returns where those are that were known before. */
  private open(needed: number): Address {
    const known = this.held.room(Math.max(this.count, 1) * this.wordSize);
    this.arena.move(this.words.address, known, this.count * this.wordSize);
    this.capacity = Math.max(1024, 2 ** Math.ceil(Math.log2(needed * SPARE)));
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

/** Values that codes are of, as words, and which entry each has become. */
interface Table {
  readonly table: Address;
  readonly map: Address;
  readonly count: number;
}

/** Codes that no dictionary was made of, as they were: where values repeat, maybe another one of the same value. */
function restoreCodes(
  arena: Arena,
  from: Table & { readonly order: Address },
  known: number,
  { codes, count }: Pick<CodedRows, 'codes' | 'count'>,
): void {
  const before: number[] = [];
  arena.view(Uint32Array, from.map, from.count).forEach((entry, code) => {
    if (entry > 0) before[entry - 1] = code;
  });
  const order = arena.view(Uint32Array, from.order, Math.min(count, from.count));
  const rows = arena.view(Uint32Array, codes, count);
  rows.forEach((code, row) => (rows[row] = (code < known ? before[code] : order[code - known]) ?? 0));
}
