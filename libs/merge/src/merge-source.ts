import type { Column, RecordBatch, Schema } from '@ticklake/columnar';

/**
 * One sorted input. Keys and columns are each read once, in row order, independently of one another: a column may
 * lag behind the keys by as many rows as one output list holds.
 */
export interface MergeSource {
  /** Names the source in errors. Callers pass sources in byte order of their names: that order settles ties. */
  readonly name: string;
  readonly rowCount: number;
  /** No first order column is below this; it is checked. The source stays closed until the merge gets here. */
  readonly lowerBound: bigint | undefined;
  /** No first order column is above this; it is checked. Tells how many sources overlap before any is opened. */
  readonly upperBound: bigint | undefined;
  /** Opens the source. Its order columns, one or two of equal length, in pieces of any size from row 0. */
  keys(): AsyncIterable<readonly BigInt64Array[]>;
  /** The next `rowCount` rows of one column. */
  take(column: string, rowCount: number): Promise<Column>;
  /** Called once, whether or not the source was ever opened. */
  close(): Promise<void>;
}

/** Where sorted rows go when memory or open files run short. The caller owns the place and clears it. */
export interface Spill {
  /** Write every batch, then give the rows back as a source. `name` is unique within one merge or sort. */
  write(name: string, schema: Schema, batches: AsyncIterable<RecordBatch>): Promise<MergeSource>;
}
