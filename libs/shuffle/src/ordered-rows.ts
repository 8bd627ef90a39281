import type { Field } from '@ticklake/columnar';
import { mergeRuns } from './merge-runs.js';
import type { PartitionRows } from './only-sources.js';
import { rowsAsTheyLie, sortedRows, type OrderedRows } from './part-rows.js';
import type { Spill, SpillReader, SpillRoom } from './spill.js';

/** How {@link orderedRows} gives rows. */
export interface OrderedRowsOptions {
  /** Of the rows that were routed. */
  readonly fields: readonly Field[];
  /** Rows that are held to be sorted, at most; or one part as it was routed, where that is more. */
  readonly sortRowsMax: number;
  /**
   * Sorted runs that are merged at once, at least two. Each has `sortRowsMax / runsMax` rows in memory, or a part as it was routed, where
   * that is more: so as many as there are batches of sources in `sortRowsMax`.
   */
  readonly runsMax: number;
  /** Rows that are given together, at most; more only where they lie in order and were put together. */
  readonly batchRows: number;
  /** Where rows are read to that came in order: each batch then holds until the next is asked for. */
  readonly room?: SpillRoom;
  /**
   * An empty spill of the same fields, where rows that have to be sorted are more than `sortRowsMax`. At most three are there at once, none
   * with more rows than the partition; all are disposed of when the rows end, also where something fails and where nobody reads on.
   */
  createRuns(): Promise<Spill>;
}

/**
 * The rows of a partition in order of time; rows of one time in the order of sources, and as they stand in them. Where that is how they
 * came, they are passed on as they lie; otherwise up to `sortRowsMax` are held and sorted, and more are merged of sorted runs, of which
 * those that lie in order are read where they are.
 *
 * Held are the rows that are sorted; or of each run that is open a batch, which come to `sortRowsMax` rows, and as many again at worst, of
 * the batches before, while rows that are not given yet came from them. Beside that, the rows that are given.
 *
 * @param spill - Sealed, where it is a file.
 * @throws LakeError `unavailable` when the disk fails; and whatever `createRuns` throws.
 */
export async function* orderedRows(
  partition: PartitionRows,
  spill: SpillReader,
  options: OrderedRowsOptions,
): AsyncGenerator<OrderedRows> {
  const { parts } = partition;
  if (partition.isSorted) yield* rowsAsTheyLie({ spill, parts }, options, options.room);
  else if (partition.rowCount <= options.sortRowsMax) yield* sortedRows({ spill, parts }, options);
  else yield* mergeRuns(parts, spill, options);
}
