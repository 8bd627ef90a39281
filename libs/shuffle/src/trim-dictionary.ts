import {
  dictionaryLength,
  takeColumn,
  type BytesValues,
  type Column,
  type DictionaryColumn,
} from '@ticklake/columnar';
import { assert } from '@ticklake/core';

/** Byte strings as codes. */
export type CodedBytes = DictionaryColumn & { readonly dictionary: BytesValues };

/** The same rows, with only those entries in the dictionary that a row has; the column itself where those are all. */
export type TrimDictionary = (column: CodedBytes) => CodedBytes;

/**
 * Trims dictionaries one after another in time that depends on rows alone, however many entries a dictionary has: slices of a batch
 * share one. It keeps 4 bytes for each entry of the largest.
 */
export function createTrimDictionary(): TrimDictionary {
  // A sparse set: an entry is in use when its slot names a place among those in use that names the entry. So nothing is ever cleared.
  let slots = new Uint32Array(0);
  return (column) => {
    const { codes, dictionary, validity } = column;
    const entryCount = dictionaryLength(dictionary);
    if (slots.length < entryCount) slots = new Uint32Array(2 ** Math.ceil(Math.log2(entryCount)));
    const used = new Uint32Array(Math.min(codes.length, entryCount));
    let usedCount = 0;
    for (let row = 0; row < codes.length; row++) {
      if (validity !== undefined && validity[row] === 0) continue;
      const code = codes[row] as number;
      assert(code < entryCount, 'a code is within its dictionary');
      const slot = slots[code] as number;
      if (slot < usedCount && used[slot] === code) continue;
      slots[code] = usedCount;
      used[usedCount++] = code;
    }
    if (usedCount === entryCount) return column;
    const renumbered = new Uint32Array(codes.length);
    for (let row = 0; row < codes.length; row++) {
      // The code of a null row means nothing, and may have no slot.
      if (validity === undefined || validity[row] === 1)
        renumbered[row] = slots[codes[row] as number] as number;
    }
    const entries = takeColumn({ layout: 'bytes', values: dictionary }, used.subarray(0, usedCount));
    assert(entries.layout === 'bytes', 'byte strings that were taken are such');
    return { layout: 'dictionary', codes: renumbered, dictionary: entries.values, validity };
  };
}

/** Whether the rows of `column` are codes of byte strings. */
export function isCodedBytes(column: Column): column is CodedBytes {
  return column.layout === 'dictionary' && 'offsets' in column.dictionary;
}
