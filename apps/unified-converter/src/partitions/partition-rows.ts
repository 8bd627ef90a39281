import { concatColumns, sliceColumn, takeColumn, type Field, type FixedColumn } from '@ticklake/columnar';
import { assert, LakeError } from '@ticklake/core';
import { BATCH_ROWS } from '../limits.js';
import type { RoutedPartition } from './routed-partition.js';
import { timesOf } from './router.js';
import type { Spill } from './spill.js';

/** Rows of a partition, in their order. */
export interface OrderedRows {
  readonly rowCount: number;
  readonly columns: readonly FixedColumn[];
}

/**
 * The rows of a partition in order of time; rows of one time in the order of sources, and as they stand in them. Where that is how they
 * came, they are passed on as they lie; otherwise all of them are held and sorted.
 *
 * @throws LakeError `invalid` (`MEMORY`) where rows that have to be sorted are more than `sortRowsMax`.
 */
export async function* orderedRows(
  partition: RoutedPartition,
  spill: Spill,
  { fields, sortRowsMax }: { readonly fields: readonly Field[]; readonly sortRowsMax: number },
): AsyncGenerator<OrderedRows> {
  if (partition.isSorted) {
    for (const rows of partition.parts) yield { rowCount: rows.rowCount, columns: await spill.read(rows) };
    return;
  }
  if (partition.rowCount > sortRowsMax) {
    throw new LakeError('invalid', 'the rows of a partition that is not sorted do not fit in memory', {
      code: 'MEMORY',
      details: { rows: partition.rowCount, rowsMax: sortRowsMax },
    });
  }
  const parts: (readonly FixedColumn[])[] = [];
  for (const rows of partition.parts) parts.push(await spill.read(rows));
  const columns = fields.map(({ type }, i) =>
    fixed(
      concatColumns(
        type,
        parts.map((part) => part[i] as FixedColumn),
      ),
    ),
  );
  const order = sortedByTime(timesOf(columns));
  const sorted = columns.map((column) => fixed(takeColumn(column, order)));
  for (let start = 0; start < order.length; start += BATCH_ROWS) {
    const end = Math.min(order.length, start + BATCH_ROWS);
    yield { rowCount: end - start, columns: sorted.map((column) => fixed(sliceColumn(column, start, end))) };
  }
}

/** Rows by number; those of one time stay as they are. */
function sortedByTime(times: Float64Array): Uint32Array {
  const order = Uint32Array.from(times, (_, row) => row);
  return order.sort((a, b) => (times[a] as number) - (times[b] as number) || a - b);
}

function fixed(column: ReturnType<typeof takeColumn>): FixedColumn {
  assert(column.layout === 'fixed', 'rows of fixed columns are such');
  return column;
}
