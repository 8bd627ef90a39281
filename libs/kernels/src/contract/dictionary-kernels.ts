import type { Address } from './kernels.js';

/** Bytes of a dictionary's state. */
export const DICTIONARY_STATE_BYTES = 48;

/** Bytes of the slots of a dictionary of up to `entriesMax` entries. */
export function dictionarySlotBytes(entriesMax: number): number {
  let slots = 256;
  while (slots <= entriesMax * 2) slots *= 2;
  return slots * 4;
}

/**
 * Distinct values in order of first appearance. Values are equal when all their bits are. A dictionary is given up when it
 * is full, or when so many hashes collide that it is no chance.
 */
export interface DictionaryKernels {
  /** An empty dictionary of fixed-width values. `slots` has room for {@link dictionarySlotBytes}, `entries` for `entriesMax` values. */
  dictionaryOpen(state: Address, slots: Address, entries: Address, entriesMax: number): void;
  /**
   * An empty dictionary of byte strings: entry `i` stands at `data` from offset `i` to offset `i + 1`. `offsets` has room for
   * `entriesMax + 1` words, `hashes` for `entriesMax`, `data` for `room` bytes.
   */
  dictionaryOpenBytes(
    state: Address,
    slots: Address,
    offsets: Address,
    hashes: Address,
    entriesMax: number,
    data: Address,
    room: number,
  ): void;
  /** How many entries there are. */
  dictionaryCount(state: Address): number;
  /** The codes of `count` values, new ones added. 0, or −1 when the dictionary is given up. Values of 32 bits. */
  intern32(state: Address, values: Address, count: number, codes: Address): number;
  /** Values of 64 bits. */
  intern64(state: Address, values: Address, count: number, codes: Address): number;
  /** Byte strings. */
  internBytes(state: Address, offsets: Address, data: Address, count: number, codes: Address): number;
  /**
   * Codes of a table of 32-bit values to codes of the dictionary, in place; values that rows name are added in order of first appearance,
   * others are not. `map` holds a word for every value of the table: 0, or its entry + 1 as earlier calls have put it there. Rows where
   * `validity` is 0 are passed over. Codes that `map` did not know go to `order`, which has room for as many as there may be, and one more.
   * 0, or −1 when the dictionary is given up: codes at and beyond the number of entries there were are then places in `order`, counted from
   * that number, and others are what `map` says.
   */
  internCodes32(
    state: Address,
    table: Address,
    map: Address,
    codes: Address,
    count: number,
    validity: Address,
    order: Address,
  ): number;
  /** The same for a table of 64-bit values. */
  internCodes64(
    state: Address,
    table: Address,
    map: Address,
    codes: Address,
    count: number,
    validity: Address,
    order: Address,
  ): number;
  /**
   * Codes to codes in order of first appearance, in place. `map` holds a word of 0 for every old code; the old codes go to
   * `order`. Returns how many there are.
   */
  renumber(codes: Address, count: number, map: Address, order: Address): number;
}
