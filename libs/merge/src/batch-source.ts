import { assert } from '@ticklake/core';
import { columnLength, columnOf, sliceColumn, type RecordBatch } from '@ticklake/columnar';
import type { MergeSource } from './merge-source.js';

/** How {@link batchSource} stands in a merge. */
export interface BatchSourceOptions {
  readonly name: string;
  /** One or two columns held in a BigInt64Array, without nulls. */
  readonly orderBy: readonly string[];
  /** Rows per piece of keys, at least 1. */
  readonly pieceRows: number;
  readonly lowerBound: bigint | undefined;
  readonly upperBound: bigint | undefined;
}

/** A batch in memory as a source. Nothing is copied: keys and columns are views of the batch. */
export function batchSource(batch: RecordBatch, options: BatchSourceOptions): MergeSource {
  const { name, orderBy, pieceRows, lowerBound, upperBound } = options;
  const taken = new Map<string, number>();

  async function* keys(): AsyncGenerator<readonly BigInt64Array[]> {
    const columns = orderBy.map((column) => keysOf(batch, column));
    for (let row = 0; row < batch.rowCount; row += pieceRows) {
      yield await Promise.resolve(columns.map((column) => column.subarray(row, row + pieceRows)));
    }
  }

  return {
    name,
    rowCount: batch.rowCount,
    lowerBound,
    upperBound,
    keys,
    take(column, rowCount) {
      const start = taken.get(column) ?? 0;
      const whole = columnOf(batch, column);
      assert(start + rowCount <= columnLength(whole), 'no more rows are taken than there are');
      taken.set(column, start + rowCount);
      return Promise.resolve(sliceColumn(whole, start, start + rowCount));
    },
    close: () => Promise.resolve(),
  };
}

/** An order column's values. Internal. */
export function keysOf(batch: RecordBatch, name: string): BigInt64Array {
  const column = columnOf(batch, name);
  assert(
    column.layout === 'fixed' && column.values instanceof BigInt64Array,
    'an order column is 64 bits wide',
  );
  assert(column.validity === undefined, 'an order column has no nulls');
  return column.values;
}
