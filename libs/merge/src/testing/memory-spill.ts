import { assert } from '@ticklake/core';
import {
  columnAt,
  concatBatches,
  copyColumn,
  emptyColumn,
  type Arena,
  type PlacedBatch,
  type RecordBatch,
  type Schema,
} from '@ticklake/columnar';
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
export function memorySpill(options: {
  readonly arena: Arena;
  readonly orderBy: readonly string[];
  readonly pieceRows: number;
}): MemorySpill {
  const names: string[] = [];
  const open = new Set<string>();
  return {
    names,
    open,
    async write(name, schema, batches): Promise<MergeSource> {
      // Whoever merges part after part has names again, once the rows of the part before are gone.
      assert(!open.has(name), 'a spill name is used once in a merge');
      names.push(name);
      const all = await copyBatches(options.arena, schema, batches);
      const source = batchSource(all, { name, ...options, lowerBound: undefined, upperBound: undefined });
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

/** Everything that `batches` gives, in memory of its own. */
export async function copyBatches(
  arena: Arena,
  schema: Schema,
  batches: AsyncIterable<PlacedBatch>,
): Promise<RecordBatch> {
  const none = { schema, rowCount: 0, columns: schema.fields.map(({ type }) => emptyColumn(type)) };
  const all: RecordBatch[] = [none];
  for await (const batch of batches) all.push(copyBatch(arena, schema, batch));
  return concatBatches(all);
}

/** The rows of a batch in memory of their own. */
export function copyBatch(arena: Arena, schema: Schema, { rowCount, columns }: PlacedBatch): RecordBatch {
  assert(columns.length === schema.fields.length, 'a batch has a column for every field');
  return {
    schema,
    rowCount,
    columns: columns.map((column, i) =>
      copyColumn(columnAt(arena, schema.fields[i]?.type ?? { kind: 'bool' }, column)),
    ),
  };
}
