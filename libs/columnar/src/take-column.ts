import { assert } from '@ticklake/core';
import { allocLike } from './alloc-like.js';
import type { BytesValues, Column, FixedValues } from './batch.js';
import { BYTES_MAX } from './bytes-max.js';
import { fixedWords } from './fixed-words.js';
import { presentOnly } from './validity.js';

/**
 * Rows `rows[0]`, `rows[1]`, … as a new column, repeats allowed. Dictionary codes are taken and the dictionary is
 * shared; everything else is copied. Float bits are kept exactly.
 */
export function takeColumn(column: Column, rows: Uint32Array): Column {
  switch (column.layout) {
    case 'nested':
      return { layout: 'nested', values: Array.from(rows, (row) => column.values[row]) };
    case 'fixed':
      return {
        layout: 'fixed',
        values: takeFixed(column.values, rows),
        validity: takeValidity(column.validity, rows),
      };
    case 'bytes':
      return {
        layout: 'bytes',
        values: takeBytes(column.values, rows),
        validity: takeValidity(column.validity, rows),
      };
    case 'dictionary': {
      const codes = new Uint32Array(rows.length);
      takeWords(column.codes, codes, rows);
      return {
        layout: 'dictionary',
        codes,
        dictionary: column.dictionary,
        validity: takeValidity(column.validity, rows),
      };
    }
  }
}

/**
 * Values `rows[0]`, `rows[1]`, … copied into bytes of their own, nothing for rows that `validity` marks null.
 * Internal: a dictionary's codes are such rows too.
 */
export function takeBytes(
  { offsets, data }: BytesValues,
  rows: Uint32Array,
  validity?: Uint8Array,
): BytesValues {
  const taken = new Uint32Array(rows.length + 1);
  let sizeBytes = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    if (validity?.[i] !== 0) sizeBytes += (offsets[row + 1] as number) - (offsets[row] as number);
    taken[i + 1] = sizeBytes;
  }
  assert(sizeBytes <= BYTES_MAX, 'a column of bytes holds less than 4 GiB');
  const copy = new Uint8Array(sizeBytes);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    if (validity?.[i] !== 0) copy.set(data.subarray(offsets[row], offsets[row + 1]), taken[i]);
  }
  return { offsets: taken, data: copy };
}

/** Values `rows[0]`, `rows[1]`, … Internal: a dictionary's codes are such rows too; what a null's code gives means nothing. */
export function takeFixed(values: FixedValues, rows: Uint32Array): FixedValues {
  const taken = allocLike(values, rows.length);
  const from = fixedWords(values);
  const to = fixedWords(taken);
  if (from.perValue === 2) takePairs(from.words, to.words, rows);
  else takeWords(from.words, to.words, rows);
  return taken;
}

type Words = Uint8Array | Uint16Array | Uint32Array;

function takeWords(from: Words, to: Words, rows: Uint32Array): void {
  for (let i = 0; i < rows.length; i++) to[i] = from[rows[i] as number] as number;
}

function takePairs(from: Words, to: Words, rows: Uint32Array): void {
  for (let i = 0; i < rows.length; i++) {
    const word = (rows[i] as number) * 2;
    to[i * 2] = from[word] as number;
    to[i * 2 + 1] = from[word + 1] as number;
  }
}

function takeValidity(validity: Uint8Array | undefined, rows: Uint32Array): Uint8Array | undefined {
  if (validity === undefined) return undefined;
  const taken = new Uint8Array(rows.length);
  takeWords(validity, taken, rows);
  return presentOnly(taken);
}
