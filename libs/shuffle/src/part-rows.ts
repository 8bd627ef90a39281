import { concatColumns, takeColumn, type Column, type Field } from '@ticklake/columnar';
import type { SpilledRows, SpillReader, SpillRoom } from './spill.js';
import { timesOf } from './times.js';
import { createTrimDictionary, isCodedBytes } from './trim-dictionary.js';

/** Rows of a partition, in their order. */
export interface OrderedRows {
  readonly rowCount: number;
  readonly columns: readonly Column[];
}

/** How rows of parts are given. */
export interface PartRowsOptions {
  readonly fields: readonly Field[];
  /** Rows that are given together, at most. */
  readonly batchRows: number;
}

/** Parts, and the spill that they are in. */
export interface SpilledParts {
  readonly spill: SpillReader;
  readonly parts: readonly SpilledRows[];
}

/** The rows of parts as they lie; parts that are larger than a batch are given whole. In a `room`, they hold until the next are asked for. */
export async function* rowsAsTheyLie(
  { spill, parts }: SpilledParts,
  { fields, batchRows }: PartRowsOptions,
  room?: SpillRoom,
): AsyncGenerator<OrderedRows> {
  for (const some of together(parts, batchRows)) {
    const columns = await readParts({ spill, parts: some }, fields, room);
    yield { rowCount: some.reduce((sum, { rowCount }) => sum + rowCount, 0), columns };
  }
}

/** The rows of parts in order of time, those of one time as they lie. All of them are held. */
export async function* sortedRows(
  parts: SpilledParts,
  { fields, batchRows }: PartRowsOptions,
): AsyncGenerator<OrderedRows> {
  const columns = await readParts(parts, fields);
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

/**
 * Parts that follow each other, so many at a time as have at most `rowsMax` rows, at least one: a source of many partitions leaves a few
 * rows at a time to each.
 */
export function* together<P extends { readonly rowCount: number }>(
  parts: readonly P[],
  rowsMax: number,
): Generator<readonly P[]> {
  let some: P[] = [];
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
  { spill, parts }: SpilledParts,
  fields: readonly Field[],
  room?: SpillRoom,
): Promise<readonly Column[]> {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return spill.read(first, room);
  const read: (readonly Column[])[] = [];
  for (const part of parts) read.push(await spill.read(part));
  return fields.map(({ type }, i) =>
    concatColumns(
      type,
      read.map((columns) => columns[i] as Column),
    ),
  );
}

/** Rows by number; those of one time stay as they are. */
function sortedByTime(times: Float64Array): Uint32Array {
  const order = Uint32Array.from(times, (_, row) => row);
  return order.sort((a, b) => (times[a] as number) - (times[b] as number) || a - b);
}
