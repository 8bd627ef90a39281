import type { Column } from '@ticklake/columnar';

/** Reads one column from its first row to its last. */
export interface ColumnCursor {
  /**
   * The next `rowCount` rows: a view of a decoded page where one page covers them, otherwise copied together.
   * Dictionary columns stay codes. Each page is decoded once and let go once its rows are taken. After a failure
   * every further call fails the same way. Calls must not overlap.
   *
   * @throws LakeError `corrupt` when the bytes are bad, with `column`, `rowGroup`, `page` and `offset` in the
   * details; whatever the source throws; Error when the column has fewer rows left.
   */
  take(rowCount: number): Promise<Column>;
}
