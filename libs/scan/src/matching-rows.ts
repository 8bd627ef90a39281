import {
  dictionaryLength,
  type BytesValues,
  type Column,
  type Dictionary,
  type FixedValues,
} from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { Predicate } from './predicate.js';

/** The rows of a column that match, of those that `rows` still has. */
export function matchingRows(column: Column, predicate: Predicate, rows: Uint32Array): Uint32Array {
  assert(column.layout !== 'nested', 'nested columns have no predicates');
  const { validity } = column;
  const isWanted =
    column.layout === 'dictionary' ? codeTest(column, predicate) : entryTest(column.values, predicate);
  const kept = new Uint32Array(rows.length);
  let count = 0;
  for (const row of rows) {
    if (validity?.[row] !== 0 && isWanted(row)) kept[count++] = row;
  }
  return count === rows.length ? rows : kept.subarray(0, count);
}

/** Whether the value at a place is wanted. */
type Test = (at: number) => boolean;

function entryTest(values: BytesValues | FixedValues, predicate: Predicate): Test {
  if ('offsets' in values) {
    const { offsets, data } = values;
    return (at) => predicate.matches(data.subarray(offsets[at], offsets[at + 1]));
  }
  if (predicate.kind === 'bool') return (at) => predicate.matches(values[at] === 1);
  return (at) => predicate.matches(values[at] as number | bigint);
}

/** Every entry that rows have is looked at once. */
function codeTest(
  { codes, dictionary }: { readonly codes: Uint32Array; readonly dictionary: Dictionary },
  predicate: Predicate,
): Test {
  const isWanted = entryTest(dictionary, predicate);
  const known = new Uint8Array(dictionaryLength(dictionary));
  return (row) => {
    const code = codes[row] as number;
    if (known[code] === UNKNOWN) known[code] = isWanted(code) ? WANTED : UNWANTED;
    return known[code] === WANTED;
  };
}

const UNKNOWN = 0;
const WANTED = 1;
const UNWANTED = 2;
