import {
  createColumnBuffer,
  isFixedType,
  valueAt,
  viewTypeOf,
  type Arena,
  type Column,
  type ColumnBuffer,
  type Field,
  type FixedValues,
} from '@ticklake/columnar';
import { assert, LakeError } from '@ticklake/core';
import { fitsLeaf, toFixedDecimal } from './fixed-bytes.js';
import type { Leaf } from './leaf.js';
import type { LeafRows } from './leaf-rows.js';

/** Collects rows of one top-level column until a row group is full. */
export interface ColumnCollector {
  /** @throws LakeError `invalid` when `column` is not of the field's type, or a required value is missing. */
  append(column: Column, start: number, end: number): void;
  /** What has been collected, a leaf at a time, until the next call of another function. */
  leaves(): readonly LeafRows[];
  clear(): void;
  release(): void;
}

/** Collects a flat field, `rowsMax` rows at most. */
export function createFlatCollector(
  arena: Arena,
  { field, leaf, rowsMax }: { readonly field: Field; readonly leaf: Leaf; readonly rowsMax: number },
): ColumnCollector {
  const buffer: ColumnBuffer = createColumnBuffer(arena, field.type, { rowsMax });
  return {
    append(column, start, end) {
      checkColumn(field, column, start, end);
      if (leaf.sizeBytes !== undefined && !isFixedType(field.type)) checkSizes(leaf, column, start, end);
      buffer.append(column, start, end);
    },
    leaves: () => [flatRows(leaf, buffer.placed())],
    clear: () => buffer.clear(),
    release: () => buffer.release(),
  };
}

/** Rows of a flat leaf as they stand in an arena. */
export function flatRows(leaf: Leaf, column: ReturnType<ColumnBuffer['placed']>): LeafRows {
  assert(column.layout !== 'nested' && column.layout !== 'striped', 'a flat leaf is not nested');
  const { rowCount } = column;
  return { leaf, rowCount, slotCount: rowCount, column, definitions: undefined, repetitions: undefined };
}

/** @throws LakeError `invalid` when `column` is not of the field's type, or a required value is missing. */
function checkColumn(field: Field, column: Column, start: number, end: number): void {
  const isFixed = isFixedType(field.type);
  switch (column.layout) {
    case 'nested':
      throw wrongLayout(field, column);
    case 'fixed':
      if (!isFixed || !isOf(field, column.values)) throw wrongLayout(field, column);
      break;
    case 'bytes':
      if (isFixed) throw wrongLayout(field, column);
      break;
    case 'dictionary': {
      const { dictionary, codes } = column;
      const fits = 'offsets' in dictionary ? !isFixed : isFixed && isOf(field, dictionary);
      if (!fits) throw wrongLayout(field, column);
      const count = 'offsets' in dictionary ? dictionary.offsets.length - 1 : dictionary.length;
      checkCodes(codes, { start, end, count, validity: column.validity });
    }
  }
  const row = column.validity === undefined || field.nullable ? -1 : column.validity.indexOf(0, start);
  if (row >= 0 && row < end) {
    throw new LakeError('invalid', 'a required column has a null', { details: { column: field.name, row } });
  }
}

/** @throws LakeError `invalid` when a present value does not fit the fixed size it is stored in. */
function checkSizes(leaf: Leaf, column: Column, start: number, end: number): void {
  const scratch = new Uint8Array(leaf.sizeBytes ?? 0);
  for (let row = start; row < end; row++) {
    const value = valueAt(column, row);
    if (!(value instanceof Uint8Array)) continue;
    if (leaf.type.kind === 'decimal') toFixedDecimal(value, scratch, leaf);
    else fitsLeaf(value.length, leaf);
  }
}

function checkCodes(
  codes: Uint32Array,
  {
    start,
    end,
    count,
    validity,
  }: { start: number; end: number; count: number; validity: Uint8Array | undefined },
): void {
  for (let row = start; row < end; row++) {
    if ((codes[row] as number) < count || validity?.[row] === 0) continue;
    throw new LakeError('invalid', 'a dictionary code has no entry', {
      details: { code: codes[row], entryCount: count },
    });
  }
}

function isOf({ type }: Field, values: FixedValues): boolean {
  return isFixedType(type) && values instanceof viewTypeOf(type);
}

function wrongLayout(field: Field, column: Column): LakeError {
  return new LakeError('invalid', 'a column does not hold what its type says', {
    details: { column: field.name, type: field.type.kind, layout: column.layout },
  });
}
