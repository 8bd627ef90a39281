import { assert } from '@ticklake/core';

import { addBytesCells, addDictionaryCells } from './bytes-cells.js';
import { addFixedCells } from './fixed-cells.js';
import { minimalDecimals } from './minimal-decimals.js';
import { finishRows } from './mix.js';
import { nestedBytes } from './nested-bytes.js';
import { columnSeed, ROW_SEED } from './seeds.js';
import { columnLength, type Column, type RecordBatch } from '../batch.js';
import type { Field } from '../schema.js';

/** One 128-bit digest per row, as four 32-bit lanes: `lanes[4 * row … 4 * row + 3]`. */
export interface RowDigests {
  readonly rowCount: number;
  readonly lanes: Uint32Array;
}

/** Collects the columns of some rows, in any order, and then gives the rows' digests. */
export interface RowDigester {
  /** Adds one column of exactly as many rows as the digester was made for. */
  addColumn(field: Field, column: Column): void;
  /** The digests of the columns added so far. The digester is spent. */
  finish(): RowDigests;
}

/**
 * A digester for `rowCount` rows. A digest depends on each column's name, type (as {@link typeText}) and value, and on
 * nothing else: not on column order, nullability, layout, or how the file encoded it. Null differs from every value,
 * -0 from 0, and one NaN payload from another (MF-08). Not made to withstand somebody who forges collisions.
 */
export function createRowDigester(rowCount: number): RowDigester {
  const sums = new Int32Array(rowCount * 4);
  startRows(sums);
  let spent = false;
  return {
    addColumn(field, column) {
      assert(!spent, 'a digester is finished once');
      assert(columnLength(column) === rowCount, 'a digester is for columns of its own length');
      addCells(sums, field, column);
    },
    finish() {
      assert(!spent, 'a digester is finished once');
      spent = true;
      finishRows(sums);
      return { rowCount, lanes: new Uint32Array(sums.buffer) };
    },
  };
}

/** Digests of all rows of `batch` over its columns, those named in `exclude` left out. */
export function digestRows(batch: RecordBatch, { exclude }: { exclude: readonly string[] }): RowDigests {
  const digester = createRowDigester(batch.rowCount);
  batch.schema.fields.forEach((field, i) => {
    if (!exclude.includes(field.name)) digester.addColumn(field, batch.columns[i] as Column);
  });
  return digester.finish();
}

function startRows(sums: Int32Array): void {
  const [a, b, c, d] = ROW_SEED;
  for (let at = 0; at < sums.length; at += 4) {
    sums[at] = a;
    sums[at + 1] = b;
    sums[at + 2] = c;
    sums[at + 3] = d;
  }
}

function addCells(sums: Int32Array, field: Field, column: Column): void {
  const seed = columnSeed(field);
  const isDecimal = field.type.kind === 'decimal';
  switch (column.layout) {
    case 'fixed':
      return addFixedCells(sums, seed, column);
    case 'bytes':
      return addBytesCells(
        sums,
        seed,
        isDecimal ? { ...column, values: minimalDecimals(column.values) } : column,
      );
    case 'dictionary':
      return addDictionaryCells(
        sums,
        seed,
        isDecimal ? { ...column, dictionary: minimalDecimals(column.dictionary) } : column,
      );
    case 'nested':
      assert(field.type.kind === 'nested', 'nested columns have a nested type');
      return addBytesCells(sums, seed, nestedBytes(field.type, column.values));
  }
}
