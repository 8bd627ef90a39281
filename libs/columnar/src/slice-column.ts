import { assert } from '@ticklake/core';
import { columnLength, type Column } from './batch.js';
import { presentOnly } from './validity.js';

/**
 * Rows `start … end` (end excluded) as views of the same memory; a dictionary is shared, not trimmed. Only nested
 * columns copy, one reference per row. A slice of all rows is the column itself.
 */
export function sliceColumn(column: Column, start: number, end: number): Column {
  const rowCount = columnLength(column);
  assert(start >= 0 && start <= end && end <= rowCount, 'slice is not within the column');
  if (start === 0 && end === rowCount) return column;
  switch (column.layout) {
    case 'nested':
      return { layout: 'nested', values: column.values.slice(start, end) };
    case 'fixed':
      return {
        layout: 'fixed',
        values: column.values.subarray(start, end),
        validity: sliceValidity(column.validity, start, end),
      };
    case 'bytes': {
      const { offsets, data } = column.values;
      const values = { offsets: offsets.subarray(start, end + 1), data };
      return { layout: 'bytes', values, validity: sliceValidity(column.validity, start, end) };
    }
    case 'dictionary': {
      const codes = column.codes.subarray(start, end);
      const validity = sliceValidity(column.validity, start, end);
      return { layout: 'dictionary', codes, dictionary: column.dictionary, validity };
    }
  }
}

function sliceValidity(validity: Uint8Array | undefined, start: number, end: number): Uint8Array | undefined {
  return presentOnly(validity?.subarray(start, end));
}
