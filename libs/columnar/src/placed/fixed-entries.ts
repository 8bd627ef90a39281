import { assert } from '@ticklake/core';
import type { Address } from '@ticklake/kernels';
import type { Arena } from '../arena/arena.js';
import { createArenaBuffer, type ArenaBuffer } from '../arena/arena-buffer.js';
import { createCodeMaps, type CodeMaps } from './code-maps.js';
import { FixedTable, type CodedRows, type NumberedWords } from './fixed-table.js';
import type { Width } from './placed-column.js';

/** Values that codes stand for, in an arena: not necessarily distinct, and the same object for as long as they are the same. */
export interface FixedDictionary {
  readonly values: Address;
  readonly count: number;
  /** Whether rows should stay codes: not worth it where most entries stand for one row. */
  readonly keepsCodes: boolean;
  /** How many rows are of it, of which there may be some now and more later; 0 where nobody knows. */
  readonly rowCount: number;
}

/** Fixed-width values that codes stand for, taken from any number of dictionaries. */
export interface FixedEntries {
  readonly address: Address;
  readonly count: number;
  /** Whether entries stand in order of the first row that has them, and every one is had by some row. */
  readonly isInOrder: boolean;
  /** Whether anything is taken in: where not, rows are to be values. */
  readonly isOpen: boolean;
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
  /** Rows so far are no more. Nor are entries, unless they are kept for others. */
  forgetRows(): void;
  clear(): void;
  release(): void;
}

/**
 * Where a few rows come from each of many large dictionaries, taking in all of their entries costs more than the rows as they are:
 * beyond so many, and so many for every row, rows are values. Two or three files in turn, which is what row groups are made of, stay
 * below.
 */
const TAKEN_IN = { free: 16_384, perRow: 1 } as const;

/** No entries yet. `rowsSoFar` are those whose codes are of these entries. */
export function createFixedEntries(arena: Arena, width: Width, rowsSoFar: () => CodedRows): FixedEntries {
  return new Entries(arena, width, rowsSoFar);
}

class Entries implements FixedEntries {
  private readonly table: FixedTable;
  private readonly order: ArenaBuffer;
  private readonly maps: CodeMaps;
  private hasCollided = false;
  /** What entries are, as it came, until rows are numbered in their order: the first dictionary, or what was adopted. */
  private asCame: object | undefined;
  private mayRepeat = false;
  /** Of all dictionaries, whether or not they were new. */
  private takenIn = 0;

  constructor(
    private readonly arena: Arena,
    width: Width,
    private readonly rowsSoFar: () => CodedRows,
  ) {
    this.table = new FixedTable(arena, width);
    this.order = createArenaBuffer(arena);
    this.maps = createCodeMaps(arena);
  }

  get address(): Address {
    return this.table.address;
  }

  get count(): number {
    return this.table.count;
  }

  get isInOrder(): boolean {
    return this.asCame === undefined;
  }

  get isOpen(): boolean {
    return !this.hasCollided;
  }

  takeIn(dictionary: FixedDictionary, rows: CodedRows): boolean {
    if (this.hasCollided) return false;
    if (dictionary === this.asCame) return true;
    const { table } = this;
    const { values, count } = dictionary;
    if (this.maps.find(dictionary) === undefined) this.takenIn += count;
    if (table.count === 0) {
      table.hold(values, count);
      this.asCame = dictionary;
      this.mayRepeat = true;
      return true;
    }
    if (this.maps.find(dictionary) === undefined) {
      const rowCount = this.rowsSoFar().count + rows.count;
      if (this.takenIn > TAKEN_IN.free + TAKEN_IN.perRow * rowCount) return false;
    }
    const more = Math.min(count, rows.count);
    if (!this.numberRows(more)) return false;
    this.hasCollided = !table.index(table.count + more);
    if (this.hasCollided) return false;
    const map = this.maps.find(dictionary) ?? this.maps.add(dictionary, count);
    return this.number({ words: table.asWords(values, count), map, count }, rows);
  }

  makeDistinct(): boolean {
    return this.mayRepeat ? this.numberRows(0) : !this.hasCollided;
  }

  adopt(values: Address, count: number): void {
    assert(this.table.count === 0, 'entries are adopted before any others');
    this.table.hold(values, count);
    this.asCame = {};
    this.mayRepeat = false;
  }

  forgetRows(): void {
    this.clear();
  }

  clear(): void {
    this.table.clear();
    this.hasCollided = false;
    this.asCame = undefined;
    this.mayRepeat = false;
    this.takenIn = 0;
    this.maps.clear();
  }

  release(): void {
    this.clear();
    for (const one of [this.table, this.order, this.maps]) one.release();
  }

  /** Numbers the rows so far, where that was not done already; with slots for so many entries more. */
  private numberRows(more: number): boolean {
    const { asCame, table } = this;
    if (asCame === undefined) return !this.hasCollided;
    this.asCame = undefined;
    this.mayRepeat = false;
    const rows = this.rowsSoFar();
    const { count } = table;
    const words = table.open(Math.min(count, rows.count) + more);
    const isDone = this.number({ words, map: this.maps.add(asCame, count), count }, rows);
    if (!isDone) table.putBack(words, count);
    return isDone;
  }

  /** Brings codes of some values to codes of entries. False when values were made to collide; codes are then as they were. */
  private number(from: NumberedWords, { codes, count, validity }: CodedRows): boolean {
    const { arena, table } = this;
    const known = table.count;
    // One value everywhere needs no look at every code.
    const isOne = from.count === 1 && validity === 0;
    let isDone = this.internCodes(from, { codes, count: isOne ? Math.min(count, 1) : count, validity });
    if (isDone && isOne && count > 0 && arena.view(Uint32Array, codes, 1)[0] !== 0) {
      isDone = this.internCodes(from, { codes: codes + 4, count: count - 1, validity });
    }
    this.hasCollided = !isDone;
    if (!isDone) restoreCodes(arena, { ...from, order: this.order.address }, known, { codes, count });
    return isDone;
  }

  private internCodes(from: NumberedWords, rows: CodedRows): boolean {
    const order = this.order.room((Math.min(rows.count, from.count) + 1) * 4);
    return this.table.internCodes(from, rows, order);
  }
}

/** Codes that no dictionary was made of, as they were: where values repeat, maybe another one of the same value. */
function restoreCodes(
  arena: Arena,
  from: NumberedWords & { readonly order: Address },
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
