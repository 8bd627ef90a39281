import { assert } from '@ticklake/core';
import type { RecordBatch } from '@ticklake/columnar';
import { batchSource } from '../batch-source.js';
import type { MergeSource } from '../merge-source.js';

/** A source over a batch that remembers how it was used. */
export interface MemorySource extends MergeSource {
  /** How often `keys` and `close` were called. */
  readonly calls: { keys: number; close: number };
}

/** `batch` as a source, in pieces of `pieceRows` rows. Fails on use after close, on a second `keys` and second `close`. */
export function memorySource(
  name: string,
  batch: RecordBatch,
  orderBy: readonly string[],
  options: { readonly pieceRows: number; readonly lowerBound?: bigint; readonly upperBound?: bigint },
): MemorySource {
  const { pieceRows, lowerBound, upperBound } = options;
  const source = batchSource(batch, { name, orderBy, pieceRows, lowerBound, upperBound });
  const calls = { keys: 0, close: 0 };
  return {
    ...source,
    calls,
    keys() {
      assert(++calls.keys === 1, 'keys are read once');
      assert(calls.close === 0, 'a closed source is not opened');
      return source.keys();
    },
    take(column, rowCount) {
      assert(calls.keys === 1, 'a source is opened before rows are taken');
      assert(calls.close === 0, 'no rows are taken from a closed source');
      return source.take(column, rowCount);
    },
    close() {
      assert(++calls.close === 1, 'a source is closed once');
      return source.close();
    },
  };
}
