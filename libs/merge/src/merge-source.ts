import type { ColumnBuffer, PlacedBatch, Schema } from '@ticklake/columnar';
import type { Address } from '@ticklake/kernels';

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
  /** Opens the source. The keys of its rows, in pieces of any size from row 0. */
  keys(): AsyncIterable<KeyPiece>;
  /** Appends the next `rowCount` rows of one column to `into`; a promise only when it has to wait for them. */
  read(column: string, into: ColumnBuffer, rowCount: number): Promise<void> | undefined;
  /** Called once, whether or not the source was ever opened. */
  close(): Promise<void>;
}

/** Order columns of some consecutive rows, signed integers of 64 bits in the arena, until the next piece is asked for. */
export interface KeyPiece {
  readonly rowCount: number;
  readonly first: Address;
  /** 0 where rows have one key. */
  readonly second: Address;
}

/** Where sorted rows go when memory or open files run short. The caller owns the place and clears it. */
export interface Spill {
  /**
   * Write every batch, each before the next is asked for, then give the rows back as a source. `name` is unique within one merge
   * or sort.
   */
  write(name: string, schema: Schema, batches: AsyncIterable<PlacedBatch>): Promise<MergeSource>;
}
