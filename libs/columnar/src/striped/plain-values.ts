import { assert } from '@ticklake/core';
import type { BytesValues, Column, FixedValues } from '../batch.js';
import type { DataType } from '../schema.js';

const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Values of a column without nulls one by one, in the form a nested column holds them. Text is UTF-8. */
export function plainValues(type: DataType, column: Column): unknown[] {
  switch (column.layout) {
    case 'fixed':
      return numbers(type, column.values);
    case 'bytes':
      return entries(type, column.values);
    case 'dictionary': {
      const { dictionary } = column;
      const known = 'offsets' in dictionary ? entries(type, dictionary) : numbers(type, dictionary);
      return Array.from(column.codes, (code) => known[code]);
    }
    case 'nested':
      assert(false, 'a leaf is not nested');
  }
}

function numbers(type: DataType, values: FixedValues): unknown[] {
  return type.kind === 'bool'
    ? Array.from(values as Uint8Array, (value) => value !== 0)
    : Array.from<unknown>(values as ArrayLike<unknown>);
}

function entries(type: DataType, { offsets, data }: BytesValues): unknown[] {
  const values: unknown[] = new Array(offsets.length - 1);
  for (let i = 0; i < values.length; i++) {
    // A copy: an arena's memory does not last.
    const bytes = Uint8Array.from(data.subarray(offsets[i], offsets[i + 1]));
    values[i] = type.kind === 'utf8' ? text.decode(bytes) : bytes;
  }
  return values;
}
