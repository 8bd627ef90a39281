import type { FixedType, FixedValues } from '@ticklake/columnar';

/** Reads the cells of one column into values. A new kind of cell is a file beside this one and a line in the index. */
export interface CellColumn {
  readonly type: FixedType;
  /**
   * Reads the cell `bytes[start … end]`, which is not empty, as the value of `row`, counted from 0 since the last {@link CellColumn.take}.
   *
   * @returns what is wrong with it: one sentence, lower case; `undefined` where nothing is.
   */
  put(bytes: Uint8Array, start: number, end: number, row: number): string | undefined;
  /** The first `rowCount` values, which are the caller's; the next rows begin at 0 again. */
  take(rowCount: number): FixedValues;
}
