import { assert } from '@ticklake/core';
import { allocFixed } from './alloc-fixed.js';
import {
  columnLength,
  dictionaryLength,
  type BytesColumn,
  type BytesValues,
  type Column,
  type Dictionary,
  type DictionaryColumn,
  type FixedColumn,
  type FixedValues,
} from './batch.js';
import { BYTES_MAX } from './bytes-max.js';
import { decodeDictionary } from './decode-dictionary.js';
import { emptyColumn } from './empty-column.js';
import { fixedWords } from './fixed-words.js';
import { isFixedType, type DataType, type FixedType } from './schema.js';
import { concatValidity } from './validity.js';

/**
 * Columns of one `type`, one after another. A single column is returned as it is; otherwise values are copied once.
 * Dictionary columns stay codes: columns that share a dictionary object keep it, others append theirs and shift their
 * codes, so entries may repeat. Dictionary beside plain bytes gives plain bytes.
 */
export function concatColumns(type: DataType, columns: readonly Column[]): Column {
  const first = columns[0];
  if (first === undefined) return emptyColumn(type);
  if (columns.length === 1) return first;
  switch (type.kind) {
    case 'nested':
      return { layout: 'nested', values: columns.flatMap(nestedValues) };
    case 'utf8':
    case 'bytes':
    case 'decimal':
      return columns.every(isDictionary)
        ? concatDictionaries(type, columns)
        : concatBytes(columns.map(asBytes));
    default:
      return columns.every(isDictionary) ? concatDictionaries(type, columns) : concatFixed(type, columns);
  }
}

function concatFixed(type: FixedType, columns: readonly Column[]): FixedColumn {
  const values = appendFixed(type, columns.map(fixedValues));
  return { layout: 'fixed', values, validity: concatValidity(columns) };
}

function appendFixed(type: FixedType, parts: readonly FixedValues[]): FixedValues {
  const values = allocFixed(
    type,
    parts.reduce((sum, part) => sum + part.length, 0),
  );
  const to = fixedWords(values);
  let word = 0;
  for (const part of parts) {
    const from = fixedWords(part);
    assert(
      from.words.BYTES_PER_ELEMENT === to.words.BYTES_PER_ELEMENT,
      'values have the width of their type',
    );
    to.words.set(from.words, word);
    word += from.words.length;
  }
  return values;
}

function fixedValues(column: Column): FixedValues {
  const plain = column.layout === 'dictionary' ? decodeDictionary(column) : column;
  assert(plain.layout === 'fixed', 'a fixed-width type has fixed or dictionary columns');
  return plain.values;
}

function concatBytes(columns: readonly BytesColumn[]): BytesColumn {
  const values = appendBytes(columns.map((column) => column.values));
  return { layout: 'bytes', values, validity: concatValidity(columns) };
}

function concatDictionaries(type: DataType, columns: readonly DictionaryColumn[]): DictionaryColumn {
  const shifts = new Map<Dictionary, number>();
  let entryCount = 0;
  for (const { dictionary } of columns) {
    if (shifts.has(dictionary)) continue;
    shifts.set(dictionary, entryCount);
    entryCount += dictionaryLength(dictionary);
  }
  const dictionaries = [...shifts.keys()];
  const dictionary = dictionaries.length === 1 ? dictionaries[0] : appendDictionaries(type, dictionaries);
  assert(dictionary !== undefined, 'there is a column');
  const codes = new Uint32Array(totalRows(columns));
  let row = 0;
  for (const column of columns) {
    codes.set(column.codes, row);
    const end = row + column.codes.length;
    const shift = shifts.get(column.dictionary) ?? 0;
    if (shift > 0) for (let i = row; i < end; i++) codes[i] = (codes[i] as number) + shift;
    row = end;
  }
  return { layout: 'dictionary', codes, dictionary, validity: concatValidity(columns) };
}

function appendDictionaries(type: DataType, dictionaries: readonly Dictionary[]): Dictionary {
  if (isFixedType(type)) {
    assert(dictionaries.every(isFixed), 'a fixed-width type has fixed-width dictionaries');
    return appendFixed(type, dictionaries);
  }
  assert(dictionaries.every(isBytes), 'byte strings have such dictionaries');
  return appendBytes(dictionaries);
}

function isFixed(dictionary: Dictionary): dictionary is FixedValues {
  return !('offsets' in dictionary);
}

function isBytes(dictionary: Dictionary): dictionary is BytesValues {
  return 'offsets' in dictionary;
}

function appendBytes(parts: readonly BytesValues[]): BytesValues {
  const valueCount = parts.reduce((sum, { offsets }) => sum + offsets.length - 1, 0);
  const sizeBytes = parts.reduce((sum, { offsets }) => sum + (offsets.at(-1) ?? 0) - (offsets[0] ?? 0), 0);
  assert(sizeBytes <= BYTES_MAX, 'a column of bytes holds less than 4 GiB');
  const offsets = new Uint32Array(valueCount + 1);
  const data = new Uint8Array(sizeBytes);
  let value = 0;
  for (const part of parts) {
    const base = part.offsets[0] ?? 0;
    const start = offsets[value] as number;
    data.set(part.data.subarray(base, part.offsets.at(-1)), start);
    for (let i = 1; i < part.offsets.length; i++)
      offsets[++value] = (part.offsets[i] as number) - base + start;
  }
  return { offsets, data };
}

function totalRows(columns: readonly Column[]): number {
  return columns.reduce((sum, column) => sum + columnLength(column), 0);
}

function isDictionary(column: Column): column is DictionaryColumn {
  return column.layout === 'dictionary';
}

function asBytes(column: Column): BytesColumn {
  const plain = column.layout === 'dictionary' ? decodeDictionary(column) : column;
  assert(plain.layout === 'bytes', 'utf8, bytes and decimal are bytes or dictionary columns');
  return plain;
}

function nestedValues(column: Column): readonly unknown[] {
  assert(column.layout === 'nested', 'a nested type has nested columns');
  return column.values;
}
