import { toHex } from '@ticklake/core';
import { columnLength, type Column, type FixedValues, type RecordBatch } from '../batch.js';
import { columnAt } from '../column-of.js';
import { schemaText } from '../fingerprint-schema.js';
import { fixedWords } from '../fixed-words.js';
import type { DataType } from '../schema.js';
import { valueAt } from '../value-at.js';

/**
 * The first difference between two batches, told in a sentence, or `undefined` when they hold the same rows.
 * Layouts do not matter, bits do: -0 differs from 0 and a NaN from a NaN of another payload. Decimals compare as
 * integers, whatever their length.
 */
export function equalBatches(a: RecordBatch, b: RecordBatch): string | undefined {
  const [schemaA, schemaB] = [schemaText(a.schema), schemaText(b.schema)];
  if (schemaA !== schemaB) return `schemas differ: ${schemaA} and ${schemaB}`;
  if (a.rowCount !== b.rowCount) return `row counts differ: ${a.rowCount} and ${b.rowCount}`;
  for (const [i, { name, type }] of a.schema.fields.entries()) {
    const difference = differenceOf(type, columnAt(a, i), columnAt(b, i), a.rowCount);
    if (difference !== undefined) return `column ${JSON.stringify(name)}: ${difference}`;
  }
  return undefined;
}

function differenceOf(type: DataType, a: Column, b: Column, rowCount: number): string | undefined {
  if (columnLength(a) !== rowCount || columnLength(b) !== rowCount) {
    return `lengths are ${columnLength(a)} and ${columnLength(b)}, not ${rowCount}`;
  }
  for (let row = 0; row < rowCount; row++) {
    const [x, y] = [comparable(type, a, row), comparable(type, b, row)];
    if (x !== y) return `row ${row}: ${x} and ${y}`;
  }
  return undefined;
}

/** Text that two values share exactly when they are the same value of `type`. */
function comparable(type: DataType, column: Column, row: number): string {
  const value = valueAt(column, row);
  if (value === null) return 'null';
  if (column.layout === 'fixed') return fixedText(column.values, row);
  if (column.layout === 'dictionary' && !('offsets' in column.dictionary)) {
    return fixedText(column.dictionary, column.codes[row] as number);
  }
  return plainText(type, value);
}

function fixedText(values: FixedValues, at: number): string {
  const { words, perValue } = fixedWords(values);
  return `${String(values[at])} (${Array.from(words.subarray(at * perValue, (at + 1) * perValue)).join(' ')})`;
}

function plainText(type: DataType, value: unknown): string {
  if (value === null) return 'null';
  if (value instanceof Uint8Array) return type.kind === 'decimal' ? decimalText(value) : toHex(value);
  if (type.kind === 'nested' && Array.isArray(value)) {
    const children = type.children;
    const itemText = (item: unknown, i: number): string => {
      if (type.shape === 'map') return Array.isArray(item) ? pairText(children, item) : 'not a pair';
      const child = children[type.shape === 'struct' ? i : 0];
      return child === undefined ? 'an extra child' : plainText(child.type, item);
    };
    return `[${value.map(itemText).join(', ')}]`;
  }
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  return Object.is(value, -0) ? '-0' : String(value);
}

function pairText(children: readonly { readonly type: DataType }[], pair: readonly unknown[]): string {
  const items = pair.map((item, i) => {
    const child = children[i];
    return child === undefined ? 'an extra child' : plainText(child.type, item);
  });
  return `{${items.join(' => ')}}`;
}

function decimalText(bytes: Uint8Array): string {
  return bytes.length === 0 ? '0' : BigInt.asIntN(bytes.length * 8, BigInt(`0x${toHex(bytes)}`)).toString();
}
