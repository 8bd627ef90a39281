import type { BytesValues, DataType, FixedValues } from '@ticklake/columnar';
import type { CSV_CELL } from '@ticklake/kernels';

/** What becomes of values that were taken. */
export interface CellOptions {
  /** Whether those that are taken hold only until the next are put. */
  readonly isReused?: boolean;
}

/** How the values of cells lie in memory: one machine word each, or bytes of any length. */
export type CellLayout = 'fixed' | 'bytes';

/** Values of a layout. */
export type CellValues<L extends CellLayout> = L extends 'fixed' ? FixedValues : BytesValues;

/** See {@link CellColumn.readPlain}. */
export type ReadPlain = (bytes: Uint8Array, start: number, delimiter: number, row: number) => number;

/** Values of many rows that a kernel has read. */
export interface BulkCells {
  /** What the kernel reads cells as. */
  readonly kind: (typeof CSV_CELL)[keyof typeof CSV_CELL];
  /** Takes values, as bytes, as those of rows from `row` on. */
  put(values: Uint8Array, row: number): void;
}

/** Reads the cells of one column into values. A new kind of cell is a file beside this one and a line in the index. */
export interface CellColumn<L extends CellLayout = CellLayout> {
  readonly layout: L;
  readonly type: DataType;
  /**
   * Reads the cell that begins at `start` as the value of `row`, if it has nothing unusual and ends at `delimiter` or a line feed, which
   * one of `bytes` is: a pass over bytes that nobody else has to look at. What it leaves is for {@link CellColumn.put}.
   *
   * @returns where it ends; -1 where it was left.
   */
  readonly readPlain: ReadPlain;
  /** Where a kernel reads such cells; `undefined` where none does. What it leaves is for the others. */
  readonly bulk: BulkCells | undefined;
  /**
   * Reads the cell `bytes[start … end]`, which is not empty, as the value of `row`, counted from 0 since the last {@link CellColumn.take}.
   * Rows only grow; one that is left out has no value.
   *
   * @returns what is wrong with it: one sentence, lower case; `undefined` where nothing is.
   */
  put(bytes: Uint8Array, start: number, end: number, row: number): string | undefined;
  /** The first `rowCount` values, which are the caller's, unless they are reused; the next rows begin at 0 again. */
  take(rowCount: number): CellValues<L>;
}
