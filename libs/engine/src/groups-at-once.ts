import type { MergeFilesOptions } from './merge-files.js';

/**
 * So many rows of a source are worth being asked for at once: what asking takes, and finding the source's pages, dictionaries and objects in no
 * cache any more, is then little beside them. Measured with 256 sources.
 */
const SOURCE_ROWS = 2048;

/** Part of the arena that the rows of one list may take. */
const LIST_SHARE = 1 / 16;

/** What a row takes there, a column of it, and beside columns: its place and its digests. */
const COLUMN_BYTES = 12;
const ROW_BYTES = 64;

/** How many row groups are read at once of rows that are merged by keys, `overlap` sources at a time; the rows are the same for any number. */
export function groupsAtOnce(
  { arena, schema, rowGroupRows }: Pick<MergeFilesOptions, 'arena' | 'schema' | 'rowGroupRows'>,
  overlap: number,
): number {
  const rowBytes = schema.fields.length * COLUMN_BYTES + ROW_BYTES;
  const rows = Math.min(overlap * SOURCE_ROWS, (arena.bytesMax * LIST_SHARE) / rowBytes);
  return Math.max(1, Math.round(rows / rowGroupRows));
}
