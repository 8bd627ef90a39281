import { decodeDictionary, type BytesValues, type Column, type FixedColumn } from '@ticklake/columnar';
import { assert } from '@ticklake/core';

/** 64-bit values, and which of them are there; all, when that is left out. */
export interface Int64Rows {
  readonly values: BigInt64Array;
  readonly validity: Uint8Array | undefined;
}

/** The rows of a column of int64 or timestamps, whatever it was encoded with. */
export function int64Rows(column: Column): Int64Rows {
  const { values, validity } = plain(column);
  assert(values instanceof BigInt64Array, 'the column has 64-bit values');
  return { values, validity };
}

/** Tells the id of each row of a column of int64 or text; `undefined` for null and what is no whole number below 2^53. */
export function forEachId(column: Column, tell: (id: number | undefined) => void): void {
  assert(column.layout !== 'nested', 'ids are flat');
  const { validity } = column;
  if (column.layout === 'dictionary') {
    const ids = idsOf(column.dictionary);
    column.codes.forEach((code, row) => tell(validity?.[row] === 0 ? undefined : ids[code]));
  } else idsOf(column.values).forEach((id, row) => tell(validity?.[row] === 0 ? undefined : id));
}

function plain(column: Column): FixedColumn {
  const decoded = column.layout === 'dictionary' ? decodeDictionary(column) : column;
  assert(decoded.layout === 'fixed', 'the column has a fixed width');
  return decoded;
}

function idsOf(values: BytesValues | FixedColumn['values']): (number | undefined)[] {
  if ('offsets' in values) {
    const { data, offsets } = values;
    return Array.from({ length: offsets.length - 1 }, (_, i) =>
      parseId(data, offsets[i] as number, offsets[i + 1] as number),
    );
  }
  assert(values instanceof BigInt64Array, 'ids have 64 bits');
  return Array.from(values, (value) => wholeId(Number(value)));
}

const ZERO = 48;
/** More digits than any number below 2^53 has need not be looked at. */
const DIGITS_MAX = 16;

function parseId(data: Uint8Array, start: number, end: number): number | undefined {
  if (end === start || end - start > DIGITS_MAX) return undefined;
  let id = 0;
  for (let i = start; i < end; i++) {
    const digit = (data[i] as number) - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    id = id * 10 + digit;
  }
  return wholeId(id);
}

function wholeId(id: number): number | undefined {
  return Number.isSafeInteger(id) && id >= 0 ? id : undefined;
}
