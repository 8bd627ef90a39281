import { assert } from '@ticklake/core';
import {
  allocFixed,
  columnLength,
  decodeDictionary,
  fixedWords,
  type BytesValues,
  type Column,
  type DataType,
  type DictionaryColumn,
  type FixedType,
} from '@ticklake/columnar';
import { assertWhole, copyRuns, forEachRun, type Words } from './copy-runs.js';
import { gatherBytes } from './gather-bytes.js';
import { gatherDictionary } from './gather-dictionary.js';

import type { RunList } from './run-list.js';

/**
 * The output rows that `runs` covers. `columns.get(s)` holds exactly the rows of source `s` that the list takes, in
 * order. The result owns its memory, but for a dictionary that every source shares; it has validity only when a row
 * is null.
 *
 * Dictionary columns give a dictionary column. Where sources bring different dictionaries, entries of the result are
 * unique and stand in order of first appearance in the output, whatever the sources' dictionaries were. Dictionary
 * beside plain bytes gives plain bytes. (MG-21)
 */
export function gatherColumn(type: DataType, runs: RunList, columns: ReadonlyMap<number, Column>): Column {
  assertWhole(runs, new Map([...columns].map(([source, column]) => [source, columnLength(column)])));
  switch (type.kind) {
    case 'nested':
      return gatherNested(runs, columns);
    case 'utf8':
    case 'bytes':
    case 'decimal':
      return gatherText(runs, columns);
    default:
      return gatherFixed(type, runs, columns);
  }
}

function gatherFixed(type: FixedType, runs: RunList, columns: ReadonlyMap<number, Column>): Column {
  const values = allocFixed(type, runs.rowCount);
  const to = fixedWords(values);
  const parts = new Map<number, Words>();
  for (const [source, column] of columns) {
    assert(column.layout === 'fixed', 'a fixed-width type has fixed columns');
    const { words } = fixedWords(column.values);
    assert(words.BYTES_PER_ELEMENT === to.words.BYTES_PER_ELEMENT, 'values have the width of their type');
    parts.set(source, words);
  }
  copyRuns(runs, parts, to.words, to.perValue);
  return { layout: 'fixed', values, validity: gatherValidity(runs, columns) };
}

function gatherText(runs: RunList, columns: ReadonlyMap<number, Column>): Column {
  const validity = gatherValidity(runs, columns);
  const dictionaries = new Map<number, DictionaryColumn>();
  for (const [source, column] of columns)
    if (column.layout === 'dictionary') dictionaries.set(source, column);
  if (dictionaries.size === columns.size) {
    return { layout: 'dictionary', ...gatherDictionary(runs, dictionaries), validity };
  }
  const plain = new Map<number, BytesValues>();
  for (const [source, column] of columns) {
    const bytes = column.layout === 'dictionary' ? decodeDictionary(column) : column;
    assert(bytes.layout === 'bytes', 'utf8, bytes and decimal are bytes or dictionary columns');
    plain.set(source, bytes.values);
  }
  return { layout: 'bytes', values: gatherBytes(runs, plain), validity };
}

function gatherNested(runs: RunList, columns: ReadonlyMap<number, Column>): Column {
  const values: unknown[] = [];
  forEachRun(runs, (s, start, count) => {
    const column = columns.get(s);
    assert(column?.layout === 'nested', 'a nested type has nested columns');
    for (let i = start; i < start + count; i++) values.push(column.values[i]);
  });
  return { layout: 'nested', values };
}

function gatherValidity(runs: RunList, columns: ReadonlyMap<number, Column>): Uint8Array | undefined {
  const parts = new Map<number, Words>();
  for (const [s, column] of columns) {
    if (column.layout !== 'nested' && column.validity !== undefined) parts.set(s, column.validity);
  }
  if (parts.size === 0) return undefined;
  for (const [s, column] of columns)
    if (!parts.has(s)) parts.set(s, new Uint8Array(columnLength(column)).fill(1));
  const validity = new Uint8Array(runs.rowCount);
  copyRuns(runs, parts, validity, 1);
  return validity.includes(0) ? validity : undefined;
}
