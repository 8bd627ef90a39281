import { sha256In, type Arena, type Schema } from '@ticklake/columnar';
import { scanKeys, type KeyRange, type SourceFile } from '@ticklake/engine';
import { checkSchema, type Dataset } from '@ticklake/market';
import type { ObjectMeta } from '@ticklake/storage';

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
  readonly times: { readonly min?: bigint; readonly max?: bigint };
  /** Bounds of `ts_event` in every row group that has rows, likewise. Empty once they were merged: those of a long day are a megabyte. */
  rowGroups: readonly KeyRange[];
  /** Rows whose `ts_event` is of the partition's day; `undefined` while the unit of time is not known. */
  readonly inDayRows: number | undefined;
  /** Whether the file already carries an int64 `seq`. */
  readonly sequenced: boolean;
  /** Whether every row is in order, by `ts_event` alone and by (`ts_event`, `seq`): proved, not read from statistics. */
  readonly sortedByTime: boolean;
  readonly sortedBySequence: boolean;
  /** Bytes of the pages of the largest row group, by the footer: what an open source may hold. */
  readonly groupBytes: number;
}

/** What to look for in a file. */
export interface InspectOptions {
  readonly arena: Arena;
  readonly dataset: Dataset;
  /** The partition's day in the unit of the file's time, where that is known. */
  readonly dayOf: (schema: Schema) => { readonly start: bigint; readonly end: bigint } | undefined;
}

/**
 * Reads the order columns of a spool file. The other columns are decoded by the merge.
 *
 * @throws LakeError `corrupt` with the code of the damage: `NULL_TS` (spec row MG-19), `SCHEMA_MISMATCH` when there is
 * no usable `ts_event`, or whatever the Parquet reader finds.
 */
export async function inspectSource(
  { reader, source }: SourceFile,
  object: ObjectMeta,
  { arena, dataset, dayOf }: InspectOptions,
): Promise<InspectedSource> {
  checkSchema(dataset, reader.schema);
  const sequenced = hasSequence(reader.schema);
  const orderBy = sequenced ? [dataset.timeColumn, SEQUENCE] : [dataset.timeColumn];
  const day = dayOf(reader.schema);
  let inDayRows = 0;
  const scan = await scanKeys(arena, reader, orderBy, {
    onKeys({ first, rowCount }, ascends) {
      if (day !== undefined)
        inDayRows += rowsWithin(arena.view(BigInt64Array, first, rowCount), day, ascends);
    },
  });
  return {
    object,
    name: nameOf(object.key),
    sha256: await sha256In(arena, source),
    schema: reader.schema,
    rowCount: reader.rowCount,
    times: timesOf(scan.rowGroups),
    rowGroups: scan.rowGroups,
    inDayRows: day && inDayRows,
    sequenced,
    sortedByTime: scan.isSortedByFirst,
    sortedBySequence: sequenced && scan.isSorted,
    groupBytes: reader.rowGroups.reduce((most, group) => Math.max(most, group.sizeBytes), 0),
  };
}

/** The last segment of a key. */
export function nameOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

/** Whether a file carries an int64 `seq`. */
export function hasSequence(schema: Schema): boolean {
  const type = schema.fields.find((field) => field.name === SEQUENCE)?.type;
  return type?.kind === 'int' && type.bits === 64 && type.signed;
}

function timesOf(rowGroups: readonly KeyRange[]): InspectedSource['times'] {
  const [first] = rowGroups;
  if (first === undefined) return {};
  return {
    min: rowGroups.reduce((least, { min }) => (min < least ? min : least), first.min),
    max: rowGroups.reduce((most, { max }) => (max > most ? max : most), first.max),
  };
}

function rowsWithin(
  times: BigInt64Array,
  { start, end }: { readonly start: bigint; readonly end: bigint },
  ascends: boolean,
): number {
  if (ascends) return lowerIndex(times, end) - lowerIndex(times, start);
  return times.reduce((count, time) => (time >= start && time < end ? count + 1 : count), 0);
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
