import type { BytesValues, DataType, FixedValues } from '@ticklake/columnar';

/** How the values of cells lie in memory: one machine word each, or bytes of any length. */
export type CellLayout = 'fixed' | 'bytes';

/** Values of a layout. */
export type CellValues<L extends CellLayout> = L extends 'fixed' ? FixedValues : BytesValues;

/** Reads the cells of one column into values. A new kind of cell is a file beside this one and a line in the index. */
export interface CellColumn<L extends CellLayout = CellLayout> {
  readonly layout: L;
  readonly type: DataType;
  /**
   * Reads the cell `bytes[start … end]`, which is not empty, as the value of `row`, counted from 0 since the last {@link CellColumn.take}.
   * Rows only grow; one that is left out has no value.
   *
   * @returns what is wrong with it: one sentence, lower case; `undefined` where nothing is.
   */
  put(bytes: Uint8Array, start: number, end: number, row: number): string | undefined;
  /** The first `rowCount` values, which are the caller's; the next rows begin at 0 again. */
  take(rowCount: number): CellValues<L>;
}
