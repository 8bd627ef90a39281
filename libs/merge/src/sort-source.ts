import { assert } from '@ticklake/core';
import { takeRows, type Column, type RecordBatch, type Schema } from '@ticklake/columnar';
import { batchSource, keysOf } from './batch-source.js';
import type { MergeSource, Spill } from './merge-source.js';
import { mergeSources } from './merge-sources.js';
import { sortedRows } from './sorted-rows.js';
import { stopIfAborted } from './stop-if-aborted.js';

/** How {@link sortSource} sorts. */
export interface SortOptions {
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
    if (source.rowCount <= options.rowsMax) {
      return inMemory(source.name, await sortedChunk(source, options, source.rowCount), options);
    }
    return await sortThroughSpill(source, options);
  } finally {
    await source.close();
  }
}

async function sortThroughSpill(source: MergeSource, options: SortOptions): Promise<MergeSource> {
  const { schema, orderBy, rowsMax, outputRows, openMax, signal, spill } = options;
  const chunks: MergeSource[] = [];
  try {
    for (let row = 0; row < source.rowCount; row += rowsMax) {
      const batch = await sortedChunk(source, options, Math.min(rowsMax, source.rowCount - row));
      chunks.push(await spill.write(`sort-${source.name}-chunk-${chunks.length}`, schema, once(batch)));
    }
  } catch (error) {
    await Promise.allSettled(chunks.map((chunk) => chunk.close()));
    throw error;
  }
  const within: Spill = {
    write: (name, ...rest) => spill.write(`sort-${source.name}-${name}`, ...rest),
  };
  const merged = mergeSources(chunks, { schema, orderBy, outputRows, openMax, signal, spill: within });
  return spill.write(`sort-${source.name}`, schema, merged);
}

/** The next `rowCount` rows, sorted. Keys are order columns, so they are taken with the rest and not read twice. */
async function sortedChunk(
  source: MergeSource,
  options: SortOptions,
  rowCount: number,
): Promise<RecordBatch> {
  const columns: Column[] = [];
  for (const { name } of options.schema.fields) {
    stopIfAborted(options.signal);
    columns.push(await source.take(name, rowCount));
  }
  const batch: RecordBatch = { schema: options.schema, rowCount, columns };
  return takeRows(batch, sortedRows(batch, options.orderBy));
}

function inMemory(name: string, batch: RecordBatch, { orderBy, outputRows }: SortOptions): MergeSource {
  const first = keysOf(batch, orderBy[0] ?? '');
  const bounds = { lowerBound: first.at(0), upperBound: first.at(-1) };
  return batchSource(batch, { name, orderBy, pieceRows: outputRows, ...bounds });
}

async function* once(batch: RecordBatch): AsyncGenerator<RecordBatch> {
  yield await Promise.resolve(batch);
}
