import { columnOf, createOrderedHash, digestRows, type RecordBatch } from '@ticklake/columnar';
import { orderValues, SEQUENCE } from './inspect-source.js';

/** Counts the merged rows on their way to the writer. */
export interface Tally {
  count(batches: AsyncIterable<RecordBatch>): AsyncGenerator<RecordBatch>;
  /** Hash of the rows in the order the merge gave them. */
  ordered(): string;
  /** Rows of another UTC day than the partition's; `undefined` while the unit of time is not known (decision C-02). */
  outOfDayRows(): number | undefined;
}

/** `day` bounds the partition's day in the unit of `timeColumn`, where that is known. */
export function createTally({
  timeColumn,
  day,
  onRows,
}: {
  readonly timeColumn: string;
  readonly day: { readonly start: bigint; readonly end: bigint } | undefined;
  onRows(rowsDone: number): void;
}): Tally {
  const hash = createOrderedHash();
  let rowsDone = 0;
  let inDay = 0;
  return {
    async *count(batches) {
      for await (const batch of batches) {
        hash.add(digestRows(batch, { exclude: [SEQUENCE] }));
        if (day !== undefined) {
          const times = orderValues(columnOf(batch, timeColumn), timeColumn);
          inDay += lowerIndex(times, day.end) - lowerIndex(times, day.start);
        }
        yield batch;
        rowsDone += batch.rowCount;
        onRows(rowsDone);
      }
    },
    ordered: () => hash.hex(),
    outOfDayRows: () => (day === undefined ? undefined : rowsDone - inDay),
  };
}

/** How many of the ascending `values` are below `bound`. */
function lowerIndex(values: BigInt64Array, bound: bigint): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as bigint) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
