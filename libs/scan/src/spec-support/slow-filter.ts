import { takeColumn, valueAt, type Column, type RecordBatch } from '@ticklake/columnar';
import type { Filter, FilterValue } from '../filter.js';

/** The rows of a batch that match, found by looking at every value of every row. */
export function slowFilter(batch: RecordBatch, filters: readonly Filter[]): RecordBatch {
  const rows: number[] = [];
  for (let row = 0; row < batch.rowCount; row++) {
    if (filters.every((filter) => isWanted(valueOf(batch, filter[0], row), filter))) rows.push(row);
  }
  const columns = batch.columns.map((column) => takeColumn(column, Uint32Array.from(rows)));
  return { schema: batch.schema, rowCount: rows.length, columns };
}

/** A value as filters have it; `null` for none. */
export function valueOf({ schema, columns }: RecordBatch, name: string, row: number): FilterValue | null {
  const index = schema.fields.findIndex((field) => field.name === name);
  const { kind } = schema.fields[index]!.type;
  const value = valueAt(columns[index] as Column, row);
  if (value === null) return null;
  if (kind === 'bool') return value === 1;
  return kind === 'utf8' ? Buffer.from(value as Uint8Array).toString() : (value as number | bigint);
}

function isWanted(value: FilterValue | null, [, operator, operand]: Filter): boolean {
  if (value === null) return false;
  const [first, second] = (Array.isArray(operand) ? operand : [operand]) as [FilterValue, FilterValue];
  switch (operator) {
    case '=':
    case '==':
      return isSame(value, first);
    case '!=':
      return !isSame(value, first);
    case '<':
      return isBefore(value, first);
    case '<=':
      return isBefore(value, first) || isSame(value, first);
    case '>':
      return isBefore(first, value);
    case '>=':
      return isBefore(first, value) || isSame(value, first);
    case 'in':
      return (operand as FilterValue[]).some((one) => isSame(value, one));
    case 'between':
      return !isBefore(value, first) && !isBefore(second, value) && !Number.isNaN(value);
  }
}

function isSame(a: FilterValue, b: FilterValue): boolean {
  if (typeof a === typeof b) return a === b;
  return a >= b && a <= b;
}

/** Text in the order of its code points. */
function isBefore(a: FilterValue, b: FilterValue): boolean {
  if (typeof a !== 'string') return a < b;
  const [left, right] = [[...a], [...(b as string)]];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = left[i]!.codePointAt(0)! - right[i]!.codePointAt(0)!;
    if (difference !== 0) return difference < 0;
  }
  return left.length < right.length;
}
