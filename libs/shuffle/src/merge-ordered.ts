import type { Field } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import { createMergedBatch } from './merged-batch.js';
import type { OrderedRows } from './part-rows.js';
import { timesOf } from './times.js';

/** How {@link mergeOrdered} gives rows. */
export interface MergeOrderedOptions {
  /** Of the rows, the time first. */
  readonly fields: readonly Field[];
  /** Rows that are given together, at most. */
  readonly batchRows: number;
}

/**
 * Rows of several streams, each in order of time, as one in order of time; rows of one time in the order of streams, and as they stand in
 * them. Held are a batch of each stream, those before it while rows that are not given yet came from them, and the rows that are given.
 * Byte strings that are codes have only the entries of their rows in their dictionary.
 *
 * @throws whatever a stream throws; the others are closed then.
 */
export async function* mergeOrdered(
  streams: readonly AsyncIterable<OrderedRows>[],
  { fields, batchRows }: MergeOrderedOptions,
): AsyncGenerator<OrderedRows> {
  const heads = streams.map((stream) => new StreamHead(stream[Symbol.asyncIterator]()));
  const batch = createMergedBatch(fields);
  try {
    for (const head of heads) await head.fill();
    for (let next = first(heads); next !== undefined; next = first(heads)) {
      const { head, untilTime, takesEqual } = next;
      const end = Math.min(head.runEnd(untilTime, takesEqual), head.row + batchRows - batch.rowCount);
      batch.add(head.rows, head.row, end);
      head.row = end;
      if (batch.rowCount === batchRows) yield batch.take();
      if (head.isSpent) await head.fill();
    }
    if (batch.rowCount > 0) yield batch.take();
  } finally {
    for (const head of heads) await head.close();
  }
}

/** The stream whose next row comes first, and up to which time its rows do: `takesEqual` where those of that very time do too. */
function first(heads: readonly StreamHead[]) {
  let head: StreamHead | undefined;
  for (const one of heads) {
    if (!one.isDone && (head === undefined || one.time < head.time)) head = one;
  }
  if (head === undefined) return undefined;
  const at = heads.indexOf(head);
  let untilTime = Infinity;
  let takesEqual = true;
  heads.forEach((one, i) => {
    if (one.isDone || i === at || one.time > untilTime) return;
    // Of those that come next at one time, the first in order decides; it comes before them only if it stands before all of them.
    takesEqual = one.time < untilTime ? at < i : takesEqual && at < i;
    untilTime = one.time;
  });
  return { head, untilTime, takesEqual };
}

/** The rows of a stream that are at hand. */
class StreamHead {
  row = 0;
  isDone = false;
  rows: OrderedRows = { rowCount: 0, columns: [] };
  private times: Float64Array = new Float64Array(0);

  constructor(private readonly iterator: AsyncIterator<OrderedRows>) {}

  get time(): number {
    return this.times[this.row] as number;
  }

  get isSpent(): boolean {
    return this.row === this.rows.rowCount;
  }

  async fill(): Promise<void> {
    while (this.isSpent && !this.isDone) {
      const next = await this.iterator.next();
      if (next.done === true) this.isDone = true;
      else {
        // Another object, even where a stream gives one twice.
        this.rows = { ...next.value };
        this.times = timesOf(next.value.columns);
        this.row = 0;
      }
    }
  }

  /** The first row from the next on that comes after a time: after all of it, or after what is before it. */
  runEnd(untilTime: number, takesEqual: boolean): number {
    const { times } = this;
    let [low, high] = [this.row, times.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const time = times[middle] as number;
      if (time < untilTime || (takesEqual && time === untilTime)) low = middle + 1;
      else high = middle;
    }
    assert(low > this.row, 'the row that comes first is taken');
    return low;
  }

  async close(): Promise<void> {
    if (!this.isDone) await this.iterator.return?.();
  }
}
