import { LakeError, sha256Of, type ByteSource } from '@ticklake/core';
import type { Column, Schema } from '@ticklake/columnar';
import { checkSchema, type Dataset } from '@ticklake/market';
import { openParquet, type ParquetReader } from '@ticklake/parquet';
import type { ObjectMeta } from '@ticklake/storage';
import { READ_BATCH_ROWS, SPOOL_LIMITS } from './limits.js';

/** The column that numbers the rows of a partition, `0 … N-1` (spec row MG-03). */
export const SEQUENCE = 'seq';

/** What one pass over a spool file's bytes and its order columns tells about it. */
export interface InspectedSource {
  readonly object: ObjectMeta;
  /** The file name, which orders the sources of a partition. */
  readonly name: string;
  readonly sha256: string;
  readonly schema: Schema;
  readonly rowCount: number;
  /** Smallest and largest `ts_event`, from every row; absent when there is none. */
  readonly timeMin: bigint | undefined;
  readonly timeMax: bigint | undefined;
  /** Whether the file already carries an int64 `seq`. */
  readonly sequenced: boolean;
  /** Whether every row is in order, by `ts_event` alone and by (`ts_event`, `seq`): proved, not read from statistics. */
  readonly sortedByTime: boolean;
  readonly sortedBySequence: boolean;
  /** Decoded bytes of the largest row group, by the footer: what an open source may hold. */
  readonly groupBytes: number;
}

/**
 * Reads the bytes of the spool file `object`, its footer and order columns. The other columns are decoded by the merge.
 *
 * @throws LakeError `corrupt` with the code of the damage: `NULL_TS` (spec row MG-19), `SCHEMA_MISMATCH` when there is
 * no usable `ts_event`, or whatever the Parquet reader finds.
 */
export async function inspectSource(
  bytes: ByteSource,
  object: ObjectMeta,
  dataset: Dataset,
): Promise<InspectedSource> {
  const sha256 = await sha256Of(bytes);
  const reader = await openParquet(bytes, SPOOL_LIMITS);
  checkSchema(dataset, reader.schema);
  const sequenced = hasSequence(reader.schema);
  const scan = await scanOrder(reader, dataset.timeColumn, sequenced);
  return {
    object,
    name: nameOf(object.key),
    sha256,
    schema: reader.schema,
    rowCount: reader.rowCount,
    sequenced,
    groupBytes: reader.rowGroups.reduce((most, group) => Math.max(most, group.sizeBytes), 0),
    ...scan,
  };
}

/** The last segment of a key. */
export function nameOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

/**
 * The 64-bit values of an order column.
 *
 * @throws LakeError `corrupt` (`NULL_TS`) when a row has none, `SCHEMA_MISMATCH` when the column is of another width.
 */
export function orderValues(column: Column, name: string): BigInt64Array {
  if (column.layout !== 'fixed' || !(column.values instanceof BigInt64Array)) {
    throw new LakeError('corrupt', 'an order column does not hold 64-bit integers', {
      code: 'SCHEMA_MISMATCH',
      details: { column: name },
    });
  }
  const row = column.validity?.indexOf(0) ?? -1;
  if (row >= 0) {
    throw new LakeError('corrupt', 'a row has no value in an order column', {
      code: 'NULL_TS',
      details: { column: name, row },
    });
  }
  return column.values;
}

function hasSequence(schema: Schema): boolean {
  const type = schema.fields.find((field) => field.name === SEQUENCE)?.type;
  return type?.kind === 'int' && type.bits === 64 && type.signed;
}

interface OrderScan {
  readonly timeMin: bigint | undefined;
  readonly timeMax: bigint | undefined;
  readonly sortedByTime: boolean;
  readonly sortedBySequence: boolean;
}

async function scanOrder(reader: ParquetReader, timeColumn: string, sequenced: boolean): Promise<OrderScan> {
  const times = reader.column(timeColumn);
  const sequences = sequenced ? reader.column(SEQUENCE) : undefined;
  let timeMin: bigint | undefined;
  let timeMax: bigint | undefined;
  let sortedByTime = true;
  let sortedBySequence = sequenced;
  let last: readonly [bigint, bigint] | undefined;
  for (let row = 0; row < reader.rowCount; row += READ_BATCH_ROWS) {
    const count = Math.min(READ_BATCH_ROWS, reader.rowCount - row);
    const time = orderValues(await times.take(count), timeColumn);
    const sequence = sequences && orderValues(await sequences.take(count), SEQUENCE);
    const piece = scanPiece(time, sequence);
    const first = [time[0] as bigint, sequence?.[0] ?? 0n] as const;
    sortedByTime &&= piece.sortedByTime && (last === undefined || last[0] <= first[0]);
    sortedBySequence &&= piece.sortedBySequence && (last === undefined || !isAfter(last, first));
    last = [time[count - 1] as bigint, sequence?.[count - 1] ?? 0n];
    if (timeMin === undefined || piece.min < timeMin) timeMin = piece.min;
    if (timeMax === undefined || piece.max > timeMax) timeMax = piece.max;
  }
  return { timeMin, timeMax, sortedByTime, sortedBySequence };
}

function isAfter(a: readonly [bigint, bigint], b: readonly [bigint, bigint]): boolean {
  return a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]);
}

/** Order and bounds of one piece, of at least one row. Words are compared as 32-bit halves: no bigint per row. */
function scanPiece(time: BigInt64Array, sequence: BigInt64Array | undefined) {
  const timeWords = new Int32Array(time.buffer, time.byteOffset, time.length * 2);
  const sequenceWords = sequence && new Int32Array(sequence.buffer, sequence.byteOffset, sequence.length * 2);
  let sortedByTime = true;
  let sortedBySequence = sequence !== undefined;
  let low = 0;
  let high = 0;
  for (let row = 1; row < time.length; row++) {
    const step = compareWords(timeWords, row - 1, row);
    if (step > 0) sortedByTime = sortedBySequence = false;
    else if (step === 0 && sequenceWords && compareWords(sequenceWords, row - 1, row) > 0) {
      sortedBySequence = false;
    }
    if (!sortedByTime) {
      if (compareWords(timeWords, row, low) < 0) low = row;
      if (compareWords(timeWords, row, high) > 0) high = row;
    } else high = row;
  }
  return { sortedByTime, sortedBySequence, min: time[low] as bigint, max: time[high] as bigint };
}

function compareWords(words: Int32Array, a: number, b: number): number {
  const highs = (words[2 * a + 1] as number) - (words[2 * b + 1] as number);
  if (highs !== 0) return highs;
  return ((words[2 * a] as number) >>> 0) - ((words[2 * b] as number) >>> 0);
}
