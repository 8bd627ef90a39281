import { columnLength, columnOf, createArenaBuffer, type Arena, type RecordBatch } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { MergeSource } from './merge-source.js';

/** How {@link batchSource} stands in a merge. */
export interface BatchSourceOptions {
  readonly arena: Arena;
  readonly name: string;
  /** One or two columns held in a BigInt64Array, without nulls. */
  readonly orderBy: readonly string[];
  /** Rows per piece of keys, at least 1. */
  readonly pieceRows: number;
  readonly lowerBound: bigint | undefined;
  readonly upperBound: bigint | undefined;
}

/** A batch in memory as a source. */
export function batchSource(batch: RecordBatch, options: BatchSourceOptions): MergeSource {
  const { arena, name, orderBy, pieceRows, lowerBound, upperBound } = options;
  const taken = new Map<string, number>();

  async function* keys() {
    const columns = orderBy.map((column) => keysOf(batch, column));
    const held = columns.map(() => createArenaBuffer(arena));
    try {
      for (let row = 0; row < batch.rowCount; row += pieceRows) {
        const rowCount = Math.min(pieceRows, batch.rowCount - row);
        const [first = 0, second = 0] = columns.map((column, i) => {
          const at = held[i]?.room(rowCount * 8) ?? 0;
          arena.view(BigInt64Array, at, rowCount).set(column.subarray(row, row + rowCount));
          return at;
        });
        yield await Promise.resolve({ rowCount, first, second });
      }
    } finally {
      for (const one of held) one.release();
    }
  }

  return {
    name,
    rowCount: batch.rowCount,
    lowerBound,
    upperBound,
    keys,
    read(column, into, rowCount) {
      const start = taken.get(column) ?? 0;
      const whole = columnOf(batch, column);
      assert(start + rowCount <= columnLength(whole), 'no more rows are read than there are');
      taken.set(column, start + rowCount);
      into.append(whole, start, start + rowCount);
      return undefined;
    },
    close: () => Promise.resolve(),
  };
}

/** An order column's values. */
function keysOf(batch: RecordBatch, name: string): BigInt64Array {
  const column = columnOf(batch, name);
  assert(
    column.layout === 'fixed' && column.values instanceof BigInt64Array,
    'an order column is 64 bits wide',
  );
  assert(column.validity === undefined, 'an order column has no nulls');
  return column.values;
}
