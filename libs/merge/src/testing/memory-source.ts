import { assert } from '@ticklake/core';
import type { RecordBatch } from '@ticklake/columnar';
import { batchSource, type BatchSourceOptions } from '../batch-source.js';
import type { MergeSource } from '../merge-source.js';

/** A source over a batch that remembers how it was used. */
export interface MemorySource extends MergeSource {
  /** How often `keys` and `close` were called. */
  readonly calls: { keys: number; close: number };
}

/** `batch` as a source. Fails on use after close, on a second `keys` and second `close`. */
export function memorySource(
  batch: RecordBatch,
  options: Omit<BatchSourceOptions, 'lowerBound' | 'upperBound'> &
    Partial<Pick<BatchSourceOptions, 'lowerBound' | 'upperBound'>>,
): MemorySource {
  const source = batchSource(batch, { lowerBound: undefined, upperBound: undefined, ...options });
  const calls = { keys: 0, close: 0 };
  return {
    ...source,
    calls,
    keys() {
      assert(++calls.keys === 1, 'keys are read once');
      assert(calls.close === 0, 'a closed source is not opened');
      return source.keys();
    },
    read(column, into, rowCount) {
      assert(calls.keys === 1, 'a source is opened before rows are read');
      assert(calls.close === 0, 'no rows are read from a closed source');
      return source.read(column, into, rowCount);
    },
    close() {
      assert(++calls.close === 1, 'a source is closed once');
      return source.close();
    },
  };
}
