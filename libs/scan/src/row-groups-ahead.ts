import type { Schema } from '@ticklake/columnar';
import { holdColumns, type HeldColumns, type ParquetReader } from '@ticklake/parquet';

/** Row groups of which every row is given: the bytes of one are read while another is decoded. */
export interface RowGroupsAhead {
  /** Begins to read the row group with this number, unless that has begun. */
  prepare(rowGroup: number | undefined): void;
  /** Its flat columns; `undefined` where they are not read at once. The caller releases them. */
  take(rowGroup: number): Promise<HeldColumns | undefined>;
  /** Gives up what was not taken. */
  release(): Promise<void>;
}

/** What of row groups is read ahead. */
export interface AheadOptions {
  /** Of what is given; constants are passed over. */
  readonly schema: Schema;
  readonly constants: ReadonlyMap<string, unknown>;
  /** Bytes of two row groups together: larger ones are not read at once. */
  readonly bytesMax: number;
}

/** Nothing has begun. */
export function rowGroupsAhead(reader: ParquetReader, options: AheadOptions): RowGroupsAhead {
  const { schema, constants, bytesMax } = options;
  const columns = schema.fields
    .filter(({ name, type }) => !constants.has(name) && type.kind !== 'nested')
    .map(({ name }) => name);
  const wanted = new Set(columns);
  const begun = new Map<number, Promise<HeldColumns>>();
  // What is at hand needs no second place.
  const isWorthIt = (rowGroup: number) =>
    reader.bytes === undefined && columns.length > 0 && sizeOf(reader, rowGroup, wanted) <= bytesMax / 2;
  const prepare = (rowGroup: number | undefined) => {
    if (rowGroup === undefined || begun.has(rowGroup) || !isWorthIt(rowGroup)) return;
    const reading = holdColumns(reader, { rowGroup, columns });
    // Who takes it is told.
    reading.catch(() => undefined);
    begun.set(rowGroup, reading);
  };
  return {
    prepare,
    async take(rowGroup) {
      prepare(rowGroup);
      const reading = begun.get(rowGroup);
      begun.delete(rowGroup);
      return reading;
    },
    async release() {
      for (const result of await Promise.allSettled(begun.values())) {
        if (result.status === 'fulfilled') result.value.release();
      }
      begun.clear();
    },
  };
}

function sizeOf(reader: ParquetReader, rowGroup: number, wanted: ReadonlySet<string>): number {
  const chunks = reader.rowGroups[rowGroup]?.columns ?? [];
  return chunks.reduce((sum, { name, sizeBytes }) => sum + (wanted.has(name) ? sizeBytes : 0), 0);
}
