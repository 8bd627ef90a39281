import {
  columnAt,
  createColumnBuffer,
  withBlock,
  type Arena,
  type ColumnBuffer,
  type PlacedBatch,
  type Schema,
} from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import { batchSource } from './batch-source.js';
import type { MergeSource, Spill } from './merge-source.js';
import { mergeSources } from './merge-sources.js';
import { createOpenSources } from './open-sources.js';
import { sortRows } from './sorted-rows.js';
import { stopIfAborted } from './stop-if-aborted.js';

/** How {@link sortSource} sorts. */
export interface SortOptions {
  readonly arena: Arena;
  readonly schema: Schema;
  /** One or two names: what the source's keys are. */
  readonly orderBy: readonly string[];
  /** Most rows held in memory at once. */
  readonly rowsMax: number;
  /** Rows per batch when sorted chunks are merged. */
  readonly outputRows: number;
  /** Most chunks open at once, at least 2. */
  readonly openMax: number;
  readonly signal: AbortSignal;
  readonly spill: Spill;
  /** Sees every row once as it came out of the source, before any was moved. */
  readonly onRows?: (rows: PlacedBatch) => void;
}

/**
 * The rows of `source`, in any order and whatever bounds it claims, as a sorted source: ascending by its keys, ties in
 * row order. Up to `rowsMax` rows are sorted in memory; more are sorted in chunks of `rowsMax`, spilled, and merged
 * into one spilled source. Owns `source` and closes it; the caller closes the result. (MG-16)
 *
 * @throws LakeError `cancelled` when `signal` is aborted.
 */
export async function sortSource(source: MergeSource, options: SortOptions): Promise<MergeSource> {
  assert(options.rowsMax >= 1, 'a chunk has at least one row');
  try {
    if (source.rowCount > options.rowsMax) return await sortThroughSpill(source, options);
    const chunk = createChunk(options);
    try {
      await chunk.fill(source, source.rowCount);
    } catch (error) {
      chunk.release();
      throw error;
    }
    return inMemory(source, chunk, options);
  } finally {
    await source.close();
  }
}

async function sortThroughSpill(source: MergeSource, options: SortOptions): Promise<MergeSource> {
  const { rowsMax, spill, schema } = options;
  const chunks: MergeSource[] = [];
  const chunk = createChunk(options);
  try {
    for (let row = 0; row < source.rowCount; row += rowsMax) {
      await chunk.fill(source, Math.min(rowsMax, source.rowCount - row));
      chunks.push(
        await spill.write(`sort-${source.name}-chunk-${chunks.length}`, schema, once(chunk.sorted())),
      );
    }
  } catch (error) {
    await Promise.allSettled(chunks.map((written) => written.close()));
    throw error;
  } finally {
    chunk.release();
  }
  const within: Spill = {
    write: (name, ...rest) => spill.write(`sort-${source.name}-${name}`, ...rest),
  };
  const open = createOpenSources(chunks);
  const owned = chunks.map((written): MergeSource => ({ ...written, close: () => open.close(written) }));
  try {
    const merged = mergeSources(owned, { ...options, spill: within });
    return await spill.write(`sort-${source.name}`, schema, merged);
  } finally {
    // A merge that was never asked for a row has closed none of them.
    await open.closeAll();
  }
}

/** Rows sorted in memory. */
interface Chunk {
  /** Reads and sorts the next `rowCount` rows; those of before are forgotten. */
  fill(source: MergeSource, rowCount: number): Promise<void>;
  sorted(): PlacedBatch;
  release(): void;
}

function createChunk({ arena, schema, orderBy, signal, onRows }: SortOptions): Chunk {
  const create = () => schema.fields.map(({ type }) => createColumnBuffer(arena, type));
  const [unsorted, sorted] = [create(), create()];
  const keyOf = (name: string | undefined) =>
    name === undefined
      ? 0
      : wordsOf(unsorted[schema.fields.findIndex((field) => field.name === name)] as ColumnBuffer);
  return {
    async fill(source, rowCount) {
      for (const [i, { name }] of schema.fields.entries()) {
        stopIfAborted(signal);
        unsorted[i]?.clear();
        sorted[i]?.clear();
        // Keys are order columns: they are read with the rest and not twice.
        await source.read(name, unsorted[i] as ColumnBuffer, rowCount);
      }
      if (rowCount === 0) return;
      onRows?.({ rowCount, columns: unsorted.map((column) => column.placed()) });
      const keys = { rowCount, first: keyOf(orderBy[0]), second: keyOf(orderBy[1]) };
      withBlock(arena, rowCount * 4, (rows) => {
        sortRows(arena, keys, rows);
        sorted.forEach((column, i) => column.gather(unsorted[i] as ColumnBuffer, rows, rowCount));
      });
    },
    sorted: () => ({
      rowCount: sorted[0]?.rowCount ?? 0,
      columns: sorted.map((column) => column.placed()),
    }),
    release() {
      for (const one of [...unsorted, ...sorted]) one.release();
    },
  };
}

/** The values of an order column, 64 bits each. */
function wordsOf(column: ColumnBuffer): number {
  assert(column.kind === 'fixed' && column.width === 8, 'an order column is 64 bits wide');
  const { values, validity } = column.plain();
  assert(validity === 0, 'an order column has no nulls');
  return values;
}

/** The rows of a chunk as a source, which gives back the chunk's memory when it is closed. */
function inMemory(
  { name }: MergeSource,
  chunk: Chunk,
  { arena, schema, orderBy, outputRows }: SortOptions,
): MergeSource {
  const { rowCount, columns } = chunk.sorted();
  const views = schema.fields.map(({ type }, i) =>
    columnAt(arena, type, columns[i] as (typeof columns)[number]),
  );
  const source = batchSource(
    { schema, rowCount, columns: views },
    { arena, name, orderBy, pieceRows: outputRows, lowerBound: undefined, upperBound: undefined },
  );
  return {
    ...source,
    close() {
      chunk.release();
      return Promise.resolve();
    },
  };
}

async function* once(batch: PlacedBatch): AsyncGenerator<PlacedBatch> {
  yield await Promise.resolve(batch);
}
