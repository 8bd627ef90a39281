import type { Column, ColumnBuffer } from '@ticklake/columnar';

/** Reads one column from its first row to its last. */
export interface ColumnCursor {
  /**
   * Appends the next `rowCount` rows to a buffer for the column's type. Returns a promise only when bytes must be waited for, since most
   * calls need not. Dictionary columns stay codes as long as the buffer can take them. After a failure every further call fails the
   * same way, and what the buffer holds means nothing. Calls must not overlap.
   *
   * @throws LakeError `corrupt` when the bytes are bad, with `column`, `rowGroup`, `page` and `offset` in the
   * details; whatever the source throws; Error when the column has fewer rows left. Likewise when it rejects.
   */
  read(buffer: ColumnBuffer, rowCount: number): Promise<void> | undefined;
  /**
   * Has what the next row stands in ready to be read: of a flat column its page, decompressed. Only where rows are left; of a nested column and
   * of some rows of one it does nothing. Otherwise as {@link ColumnCursor.read}.
   */
  open(): Promise<void> | undefined;
  /** The next `rowCount` rows in memory of their own. Otherwise as {@link ColumnCursor.read}. */
  take(rowCount: number): Promise<Column>;
  /**
   * Passes over the next `rowCount` rows of what it reads. Pages of a flat column that have no others are not decompressed, nor are their
   * checksums compared; nested columns are decoded all the same. Otherwise as {@link ColumnCursor.read}.
   */
  skip(rowCount: number): Promise<void>;
  /** Gives back what it holds of the arena. It is not used again. */
  close(): void;
}
