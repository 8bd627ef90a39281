import type {
  BytesColumn,
  BytesValues,
  Column,
  DataType,
  DictionaryColumn,
  FixedColumn,
  FixedValues,
} from '@ticklake/columnar';
import { createHash } from 'node:crypto';

/** Takes a column piece by piece. */
export interface ColumnDigest {
  add(column: Column): void;
  /** Of everything added so far. Call it once. */
  hex(): string;
}

const NULL_LENGTH = 0xffffffff;

/**
 * A digest of values of `type` that depends neither on how the column is cut nor on its layout, and that shares no code
 * with the library. What stands at a null row does not count, nor how many bytes a decimal has.
 */
export function createColumnDigest(type: DataType): ColumnDigest {
  // Two streams, so that neither needs to know where the other is: which rows are null and how long the values are,
  // and the values themselves.
  const shape = createHash('sha1');
  const data = createHash('sha1');
  const addFixed = (column: FixedColumn) => {
    shape.update(validityOf(column));
    data.update(fixedBytes(column));
  };
  const shorten = hasDecimals(type) ? minimalInteger : (bytes: Uint8Array) => bytes;
  const addBytes = (values: BytesValues, entries: Int32Array) => {
    const { lengths, bytes } = gather(values, entries, shorten);
    shape.update(bytesOf(lengths));
    data.update(bytes);
  };
  return {
    add(column) {
      switch (column.layout) {
        case 'fixed':
          addFixed(column);
          return;
        case 'bytes':
          addBytes(column.values, entriesOf(column));
          return;
        case 'dictionary': {
          const { dictionary, validity } = column;
          if ('offsets' in dictionary) addBytes(dictionary, entriesOf(column));
          else addFixed({ layout: 'fixed', values: lookUp(dictionary, column.codes), validity });
          return;
        }
        case 'nested':
          for (const value of column.values) data.update(`${nestedText(value, shorten)}\n`);
      }
    },
    hex: () => shape.digest('hex') + data.digest('hex'),
  };
}

function validityOf({ values, validity }: FixedColumn): Uint8Array {
  return validity ?? new Uint8Array(values.length).fill(1);
}

function fixedBytes({ values, validity }: FixedColumn): Uint8Array {
  const bytes = bytesOf(values);
  if (validity === undefined) return bytes;
  const copy = new Uint8Array(bytes);
  const width = values.BYTES_PER_ELEMENT;
  validity.forEach((present, row) => {
    if (present === 0) copy.fill(0, row * width, (row + 1) * width);
  });
  return copy;
}

function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** By bytes, so that every NaN stays the one that it is. What the code of a null row means is unspecified. */
function lookUp(dictionary: FixedValues, codes: Uint32Array): FixedValues {
  const Values = dictionary.constructor as new (length: number) => FixedValues;
  const rows = new Values(codes.length);
  const width = dictionary.BYTES_PER_ELEMENT;
  const [from, to] = [bytesOf(dictionary), bytesOf(rows)];
  codes.forEach((code, row) => to.set(from.subarray(code * width, (code + 1) * width), row * width));
  return rows;
}

/** Which value each row has; -1 for null. */
function entriesOf(column: BytesColumn | DictionaryColumn): Int32Array {
  const { validity } = column;
  const entries =
    column.layout === 'bytes'
      ? Int32Array.from({ length: column.values.offsets.length - 1 }, (_, row) => row)
      : Int32Array.from(column.codes);
  validity?.forEach((present, row) => {
    if (present === 0) entries[row] = -1;
  });
  return entries;
}

function gather(
  { offsets, data }: BytesValues,
  entries: Int32Array,
  shorten: Shorten,
): { lengths: Uint32Array; bytes: Uint8Array } {
  const lengths = new Uint32Array(entries.length);
  const pieces: Uint8Array[] = [];
  entries.forEach((entry, row) => {
    if (entry < 0) {
      lengths[row] = NULL_LENGTH;
      return;
    }
    const piece = shorten(data.subarray(offsets[entry], offsets[entry + 1]));
    lengths[row] = piece.length;
    pieces.push(piece);
  });
  return { lengths, bytes: Buffer.concat(pieces) };
}

function nestedText(value: unknown, shorten: Shorten): string {
  if (Array.isArray(value)) return `[${value.map((item) => nestedText(item, shorten)).join()}]`;
  if (value instanceof Uint8Array) return `x${Buffer.from(shorten(value)).toString('hex')}`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  return typeof value === 'bigint' ? `${value}n` : String(value);
}

type Shorten = (bytes: Uint8Array) => Uint8Array;

/** A nested type with decimals has all its bytes shortened: it is not worth knowing which are which. */
function hasDecimals(type: DataType): boolean {
  if (type.kind === 'nested') return type.children.some((child) => hasDecimals(child.type));
  return type.kind === 'decimal';
}

/** A big-endian integer without bytes in front that only repeat its sign. */
function minimalInteger(bytes: Uint8Array): Uint8Array {
  let start = 0;
  for (; start + 1 < bytes.length; start++) {
    const sign = (bytes[start + 1] ?? 0) < 0x80 ? 0 : 0xff;
    if (bytes[start] !== sign) break;
  }
  return bytes.length === 0 ? Uint8Array.of(0) : bytes.subarray(start);
}
