import type { Address } from '@ticklake/kernels';
import { allocLike } from '../alloc-like.js';
import type { Arena } from '../arena/arena.js';
import type { BytesValues, Column, FixedValues } from '../batch.js';
import type { DataType } from '../schema.js';
import { leavesOf, type LeafShape, type NestedShape } from '../striped/nested-shape.js';
import { plainRows } from '../striped/plain-rows.js';
import type { StripedLeaf, StripedRows } from '../striped/striped-rows.js';
import { viewFixed } from './fixed-view.js';

/** Bytes of one value of a fixed-width column. */
export type Width = 1 | 2 | 4 | 8;

/** Byte strings in an arena: value `i` stands at `data` from offset `i` to offset `i + 1`, offsets of 32 bits. */
export interface PlacedBytes {
  readonly offsets: Address;
  readonly data: Address;
}

/**
 * Where the rows of a column stand in an arena: plain numbers, which mean something to every thread that shares it. They hold
 * until whoever owns the rows changes them. `validity` is a byte a row, 1 = present, or 0 when no row is null.
 */
export type PlacedColumn =
  | PlacedFlat
  | PlacedStriped
  | { readonly layout: 'nested'; readonly rowCount: number; readonly values: readonly unknown[] };

/** A placed column of a flat type, see {@link PlacedColumn}. */
export type PlacedFlat =
  | PlacedFixed
  | ({ readonly layout: 'bytes'; readonly rowCount: number; readonly validity: Address } & PlacedBytes)
  | {
      /** Fixed-width values as codes of 32 bits; entries are distinct, and some may be unused. */
      readonly layout: 'codes';
      readonly rowCount: number;
      readonly validity: Address;
      readonly width: Width;
      readonly codes: Address;
      readonly entries: Address;
      readonly entryCount: number;
      /** Whether entries stand in order of the first row that has them, and none is unused. */
      readonly isInOrder: boolean;
    }
  | {
      /** Byte strings as codes likewise. */
      readonly layout: 'byteCodes';
      readonly rowCount: number;
      readonly validity: Address;
      readonly codes: Address;
      readonly entries: PlacedBytes;
      readonly entryCount: number;
    };

/** Nested rows as levels, which stand outside the arena, and values, see {@link PlacedColumn}. */
export interface PlacedStriped {
  readonly layout: 'striped';
  readonly rowCount: number;
  readonly shape: NestedShape;
  readonly leaves: readonly PlacedLeaf[];
}

/** One leaf of {@link PlacedStriped}. */
export interface PlacedLeaf extends Omit<StripedLeaf, 'values'> {
  readonly values: PlacedFlat;
}

/** Fixed-width values, see {@link PlacedColumn}. */
export interface PlacedFixed {
  readonly layout: 'fixed';
  readonly rowCount: number;
  readonly validity: Address;
  readonly width: Width;
  readonly values: Address;
}

/** Rows whose columns stand in an arena, one for each field of a schema that goes with them. */
export interface PlacedBatch {
  readonly rowCount: number;
  readonly columns: readonly PlacedColumn[];
}

/** A placed column as a column of views, for whoever has no use for addresses: they hold as long as the place does. */
export function columnAt(arena: Arena, type: DataType, placed: PlacedColumn): Column {
  if (placed.layout === 'nested') return { layout: 'nested', values: placed.values };
  if (placed.layout === 'striped') return { layout: 'nested', values: plainRows(stripedAt(arena, placed)) };
  const { rowCount } = placed;
  const validity = placed.validity === 0 ? undefined : arena.view(Uint8Array, placed.validity, rowCount);
  switch (placed.layout) {
    case 'fixed':
      return { layout: 'fixed', values: viewFixed(arena, type, placed.values, rowCount), validity };
    case 'bytes':
      return { layout: 'bytes', values: bytesAt(arena, placed, rowCount), validity };
    case 'codes': {
      const codes = arena.view(Uint32Array, placed.codes, rowCount);
      const dictionary = viewFixed(arena, type, placed.entries, placed.entryCount);
      return { layout: 'dictionary', codes, dictionary, validity };
    }
    case 'byteCodes': {
      const codes = arena.view(Uint32Array, placed.codes, rowCount);
      return {
        layout: 'dictionary',
        codes,
        dictionary: bytesAt(arena, placed.entries, placed.entryCount),
        validity,
      };
    }
  }
}

/** Placed nested rows as views likewise. */
export function stripedAt(arena: Arena, { shape, rowCount, leaves }: PlacedStriped): StripedRows {
  const types = leavesOf(shape);
  const at = (leaf: PlacedLeaf, i: number): StripedLeaf => ({
    ...leaf,
    values: columnAt(arena, (types[i] as LeafShape).type, leaf.values),
  });
  return { shape, rowCount, leaves: leaves.map(at) };
}

function bytesAt(arena: Arena, { offsets, data }: PlacedBytes, count: number) {
  const ends = arena.view(Uint32Array, offsets, count + 1);
  return { offsets: ends, data: arena.view(Uint8Array, data, ends[count] as number) };
}

/** The same rows in memory of their own, which nobody will change: views of an arena do not last. */
export function copyColumn(column: Column): Column {
  switch (column.layout) {
    case 'nested':
      return { layout: 'nested', values: [...column.values] };
    case 'fixed':
      return { layout: 'fixed', values: copyFixed(column.values), validity: copyOf(column.validity) };
    case 'bytes':
      return { layout: 'bytes', values: copyBytes(column.values), validity: copyOf(column.validity) };
    case 'dictionary': {
      const { dictionary } = column;
      return {
        layout: 'dictionary',
        codes: copyFixed(column.codes),
        dictionary: 'offsets' in dictionary ? copyBytes(dictionary) : copyFixed(dictionary),
        validity: copyOf(column.validity),
      };
    }
  }
}

function copyOf(validity: Uint8Array | undefined): Uint8Array | undefined {
  return validity && copyFixed(validity);
}

function copyFixed<T extends FixedValues>(values: T): T {
  const copy = allocLike(values, values.length);
  (copy as Uint8Array).set(values as Uint8Array);
  return copy as T;
}

/** Only the bytes that values are made of. */
function copyBytes({ offsets, data }: BytesValues) {
  const first = offsets[0] as number;
  const moved = copyFixed(offsets);
  if (first > 0) for (let i = 0; i < moved.length; i++) moved[i] = (moved[i] as number) - first;
  const bytes = new Uint8Array(moved[moved.length - 1] as number);
  bytes.set(data.subarray(first, first + bytes.length));
  return { offsets: moved, data: bytes };
}
