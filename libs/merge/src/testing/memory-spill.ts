import { assert } from '@ticklake/core';
import { concatBatches, emptyColumn, type RecordBatch } from '@ticklake/columnar';
import { batchSource } from '../batch-source.js';
import type { MergeSource, Spill } from '../merge-source.js';

/** A spill in memory that remembers what it was given. */
export interface MemorySpill extends Spill {
  /** Names written, in order. */
  readonly names: string[];
  /** Sources given out and not yet closed. */
  readonly open: Set<string>;
}

/** Spilled sources have no bounds and give keys in pieces of `pieceRows` rows. */
export function memorySpill(
  options: { readonly orderBy: readonly string[]; readonly pieceRows: number } = {
    orderBy: ['ts_event'],
    pieceRows: 7,
  },
): MemorySpill {
  const names: string[] = [];
  const open = new Set<string>();
  return {
    names,
    open,
    async write(name, schema, batches): Promise<MergeSource> {
      assert(!names.includes(name), 'a spill name is used once');
      names.push(name);
      const all: RecordBatch[] = [];
      for await (const batch of batches) all.push(batch);
      const none = { schema, rowCount: 0, columns: schema.fields.map(({ type }) => emptyColumn(type)) };
      const source = batchSource(all.length === 0 ? none : concatBatches(all), {
        name,
        ...options,
        lowerBound: undefined,
        upperBound: undefined,
      });
      open.add(name);
      return {
        ...source,
        close() {
          assert(open.delete(name), 'a source is closed once');
          return source.close();
        },
      };
    },
  };
}
