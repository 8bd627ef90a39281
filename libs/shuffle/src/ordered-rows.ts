import { concatColumns, takeColumn, type Column, type Field } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import type { PartitionRows } from './only-sources.js';
import type { RoutedRows } from './routed-partition.js';
import type { Spill } from './spill.js';
import { timesOf } from './times.js';
import { createTrimDictionary, isCodedBytes } from './trim-dictionary.js';

/** Rows of a partition, in their order. */
export interface OrderedRows {
  readonly rowCount: number;
  readonly columns: readonly Column[];
}

/** How {@link orderedRows} gives rows. */
export interface OrderedRowsOptions {
  /** Of the rows that were routed. */
  readonly fields: readonly Field[];
  /** Rows that are held to be sorted, at most. */
  readonly sortRowsMax: number;
  /** Rows that are given together, at most; more only where they lie in order and were put together. */
  readonly batchRows: number;
}

/**
 * The rows of a partition in order of time; rows of one time in the order of sources, and as they stand in them. Where that is how they
 * came, they are passed on as they lie; otherwise all of them are held and sorted.
 *
 * @param spill - Sealed, where it is a file.
 * @throws LakeError `invalid` (`MEMORY`) where rows that have to be sorted are more than `sortRowsMax`; `unavailable` when the disk fails.
 */
export async function* orderedRows(
  partition: PartitionRows,
  spill: Spill,
  { fields, sortRowsMax, batchRows }: OrderedRowsOptions,
): AsyncGenerator<OrderedRows> {
  if (partition.isSorted) {
    for (const parts of together(partition.parts, batchRows)) {
      const columns = await readParts(parts, spill, fields);
      yield { rowCount: rowsOf(parts), columns };
    }
    return;
  }
  if (partition.rowCount > sortRowsMax) {
    throw new LakeError('invalid', 'the rows of a partition that is not sorted do not fit in memory', {
      code: 'MEMORY',
      details: { rows: partition.rowCount, rowsMax: sortRowsMax },
    });
  }
  const columns = await readParts(partition.parts, spill, fields);
  const order = sortedByTime(timesOf(columns));
  const trim = createTrimDictionary();
  for (let start = 0; start < order.length; start += batchRows) {
    const rows = order.subarray(start, start + batchRows);
    const taken = columns.map((column) => takeColumn(column, rows));
    // Whoever takes a batch pays for its entries, not for those of the partition.
    yield {
      rowCount: rows.length,
      columns: taken.map((column) => (isCodedBytes(column) ? trim(column) : column)),
    };
  }
}

/** Parts that are given together: a source of many partitions leaves a few rows at a time to each. */
function* together(parts: readonly RoutedRows[], rowsMax: number): Generator<readonly RoutedRows[]> {
  let some: RoutedRows[] = [];
  let rowCount = 0;
  for (const part of parts) {
    if (some.length > 0 && rowCount + part.rowCount > rowsMax) {
      yield some;
      some = [];
      rowCount = 0;
    }
    some.push(part);
    rowCount += part.rowCount;
  }
  if (some.length > 0) yield some;
}

async function readParts(
  parts: readonly RoutedRows[],
  spill: Spill,
  fields: readonly Field[],
): Promise<readonly Column[]> {
  const read: (readonly Column[])[] = [];
  for (const part of parts) read.push(await spill.read(part));
  return fields.map(({ type }, i) =>
    concatColumns(
      type,
      read.map((columns) => columns[i] as Column),
    ),
  );
}

function rowsOf(parts: readonly RoutedRows[]): number {
  return parts.reduce((sum, { rowCount }) => sum + rowCount, 0);
}

/** Rows by number; those of one time stay as they are. */
function sortedByTime(times: Float64Array): Uint32Array {
  const order = Uint32Array.from(times, (_, row) => row);
  return order.sort((a, b) => (times[a] as number) - (times[b] as number) || a - b);
}
