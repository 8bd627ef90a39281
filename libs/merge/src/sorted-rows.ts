import type { RecordBatch } from '@ticklake/columnar';
import { keysOf } from './batch-source.js';
import { keyWords, type KeyWords } from './key-words.js';

/** The row numbers of `batch` in the order of its keys, ties in row order. Internal. */
export function sortedRows(batch: RecordBatch, orderBy: readonly string[]): Uint32Array {
  const columns = orderBy.map((name) => keyWords(keysOf(batch, name)));
  const rows = Uint32Array.from({ length: batch.rowCount }, (_, row) => row);
  return rows.sort((a, b) => {
    for (const column of columns) {
      const order = compareRows(column, a, b);
      if (order !== 0) return order;
    }
    return a - b;
  });
}

function compareRows({ high, low }: KeyWords, a: number, b: number): number {
  const order = (high[a * 2 + 1] as number) - (high[b * 2 + 1] as number);
  return order !== 0 ? order : (low[a * 2] as number) - (low[b * 2] as number);
}
