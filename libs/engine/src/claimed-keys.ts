import type { ParquetReader } from '@ticklake/parquet';
import { requireKeyColumn } from './key-columns.js';
import type { KeyRange } from './merge-file.js';
import type { KeyScan } from './scan-keys.js';

/**
 * What a scan of a file's order columns tells when its rows ascend and its footer states the bounds of the first one; no row is
 * read. A merge checks every row against it, and fails where it was wrong: whoever merges by claims scans the keys then, and merges again.
 * `undefined` where the footer does not state the bounds of every row group that has rows, or they say that the file is not sorted.
 *
 * @throws LakeError `corrupt` (`SCHEMA_MISMATCH`) when an order column is not of 64-bit integers.
 */
export function claimedKeys(reader: ParquetReader, orderBy: readonly string[]): KeyScan | undefined {
  for (const name of orderBy) requireKeyColumn(reader.schema, name);
  const [first = ''] = orderBy;
  const groups = reader.rowGroups;
  const rowGroups: KeyRange[] = [];
  for (const [rowGroup, group] of groups.entries()) {
    const { rowCount } = group;
    if (rowCount === 0) continue;
    // Facts of columns are made when they are asked for, and most files have one row group.
    const bounds =
      groups.length === 1 ? reader.minMax(first) : group.columns.find(({ name }) => name === first)?.bounds;
    if (typeof bounds?.min !== 'bigint' || typeof bounds.max !== 'bigint') return undefined;
    const { min, max } = bounds;
    const last = rowGroups.at(-1);
    if (min > max || (last !== undefined && last.max > min)) return undefined;
    rowGroups.push({ rowGroup, rowCount, min, max });
  }
  return { rowGroups, isSortedByFirst: true, isSorted: true };
}
