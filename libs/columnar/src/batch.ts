import type { Schema } from './schema.js';

/**
 * Values of a fixed-width column, by type: bool and uint8 in a Uint8Array, int8…uint32 in their own arrays,
 * date and time[ms] in an Int32Array, every timestamp, time[us], time[ns] and int64 in a BigInt64Array.
 */
export type FixedValues =
  | Uint8Array
  | Int8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** Value `i` is `data[offsets[i] … offsets[i + 1]]`; `offsets` has one more entry than there are values. */
export interface BytesValues {
  readonly offsets: Uint32Array;
  readonly data: Uint8Array;
}

/** One machine word per row. */
export interface FixedColumn {
  readonly layout: 'fixed';
  readonly values: FixedValues;
  /** One byte per row, 1 = present. Absent when no row is null. What stands at a null row is unspecified. */
  readonly validity?: Uint8Array | undefined;
}

/** utf8, bytes and decimal, row after row. */
export interface BytesColumn {
  readonly layout: 'bytes';
  readonly values: BytesValues;
  readonly validity?: Uint8Array | undefined;
}

/** What codes stand for: byte strings, or the values of a fixed-width type. */
export type Dictionary = BytesValues | FixedValues;

/** Rows of any flat type as codes into a dictionary, which may hold duplicates and unused entries. */
export interface DictionaryColumn {
  readonly layout: 'dictionary';
  readonly codes: Uint32Array;
  readonly dictionary: Dictionary;
  readonly validity?: Uint8Array | undefined;
}

/**
 * Nested rows as plain values; null is `null`. A struct is an array of its children's values in order, a list an
 * array, a map an array of `[key, value]`; whatever has 64 bits and is no float is bigint, utf8 is string, bytes and
 * decimal are Uint8Array, everything else number or boolean. No object is ever keyed by a name that came from a file.
 */
export interface NestedColumn {
  readonly layout: 'nested';
  readonly values: readonly unknown[];
}

/** A column of some rows. Its type stands in the schema beside it. */
export type Column = FixedColumn | BytesColumn | DictionaryColumn | NestedColumn;

/** Immutable. `columns[i]` belongs to `schema.fields[i]` and has `rowCount` rows. */
export interface RecordBatch {
  readonly schema: Schema;
  readonly rowCount: number;
  readonly columns: readonly Column[];
}

/** How many entries `dictionary` has. */
export function dictionaryLength(dictionary: Dictionary): number {
  return 'offsets' in dictionary ? dictionary.offsets.length - 1 : dictionary.length;
}

/** How many rows `column` has. */
export function columnLength(column: Column): number {
  switch (column.layout) {
    case 'fixed':
    case 'nested':
      return column.values.length;
    case 'bytes':
      return column.values.offsets.length - 1;
    case 'dictionary':
      return column.codes.length;
  }
}
