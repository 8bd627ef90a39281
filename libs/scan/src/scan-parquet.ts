import type { RecordBatch } from '@ticklake/columnar';
import { assert, LakeError } from '@ticklake/core';
import type { ParquetReader } from '@ticklake/parquet';
import { constantColumns } from './constant-columns.js';
import { kindOf } from './filter.js';
import type { Predicate } from './predicate.js';
import { mayHoldSought, pruneRowGroups } from './prune.js';
import { rowGroupsAhead } from './row-groups-ahead.js';
import { requireGoing, scanRowGroup } from './scan-row-group.js';
import { NO_CONSTANTS, scanSchema, type Constant } from './scan-schema.js';

/** What of a file is scanned, and how. */
export interface ScanOptions {
  /** Which columns, in which order; as {@link scanSchema} when left out. */
  readonly columns?: readonly string[] | undefined;
  /** Rows have to match all of them; none leaves every row. */
  readonly predicates: readonly Predicate[];
  /** Columns that the file does not store, by name. */
  readonly constants?: ReadonlyMap<string, Constant> | undefined;
  /** How many rows of the file are looked at together, and at most in a batch. */
  readonly batchRows: number;
  /**
   * Without predicates on stored columns, row groups are read at once, and the next one while batches of this are taken: bytes of two of
   * them together. Nothing is read at once when left out, nor of larger row groups, nor of nested columns.
   */
  readonly aheadBytesMax?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told once, before the first row, what statistics and bloom filters leave of the row groups. */
  onRowGroups?(counts: RowGroupCounts): void;
  /** Told of every row group that they leave, before its first row. */
  onPages?(counts: PageCounts): void;
}

/** How many row groups a file has, and how many statistics and bloom filters leave. */
export interface RowGroupCounts {
  readonly rowGroups: number;
  readonly rowGroupsRead: number;
}

/** What the page indexes of the columns that filters are on leave of a row group. */
export interface PageCounts {
  readonly rowGroup: number;
  readonly rows: number;
  readonly rowsRead: number;
  /** Of those columns, as far as they have an index. */
  readonly pages: number;
  readonly pagesRead: number;
}

/**
 * The rows of a file that match all predicates, in file order, in batches that have at least one row and never span row groups. What cannot
 * have such a row is not read: row groups by their statistics and bloom filters, pages by the page index, and, in columns that are only given,
 * pages of rows that the others have ruled out (RD-12). Of skipped pages no checksum is compared. The reader stays open.
 *
 * Batches are in memory of their own, but that those of one scan share the columns of constants. Statistics and indexes that contradict each other or the pages that are read are an error; one
 * that is wrong about a page that is not read cannot be told.
 *
 * @throws LakeError `invalid` (`COLUMN`), (`CONSTANT`), (`FILTER`) for a predicate on a column that is not there or of another kind; `corrupt` as the
 *   reader; `cancelled`; whatever the source throws.
 */
export async function* scanParquet(reader: ParquetReader, options: ScanOptions): AsyncGenerator<RecordBatch> {
  const { columns, predicates, constants = NO_CONSTANTS, batchRows, signal } = options;
  assert(Number.isInteger(batchRows) && batchRows > 0, 'a batch has at least one row');
  const schema = scanSchema(reader.schema, { columns, constants });
  const all = scanSchema(reader.schema, { constants });
  for (const predicate of predicates) {
    const type = all.fields.find(({ name }) => name === predicate.column)?.type;
    if (type === undefined || kindOf(type) !== predicate.kind) throw unfit(predicate);
  }
  const stored = predicates.filter(({ column }) => !constants.has(column));
  const isWanted = predicates.every((one) => {
    const constant = constants.get(one.column);
    return constant === undefined || one.matches(constant.value);
  });
  const rowGroups = isWanted ? await possibleRowGroups(reader, stored, signal) : [];
  options.onRowGroups?.({ rowGroups: reader.rowGroups.length, rowGroupsRead: rowGroups.length });
  const onPages = (counts: PageCounts) => options.onPages?.(counts);
  const shared = constantColumns(constants);
  const task = { schema, predicates: stored, constants: shared, batchRows, signal, onPages };
  const bytesMax = stored.length === 0 ? (options.aheadBytesMax ?? 0) : 0;
  const ahead = rowGroupsAhead(reader, { schema, constants, bytesMax });
  try {
    for (const [i, rowGroup] of rowGroups.entries()) {
      const held = await ahead.take(rowGroup);
      try {
        for await (const batch of scanRowGroup(reader, { ...task, rowGroup, held })) {
          yield batch;
          // Not before somebody wants more than the first batch.
          ahead.prepare(rowGroups[i + 1]);
        }
      } finally {
        held?.release();
      }
    }
  } finally {
    await ahead.release();
  }
}

/** Which row groups have rows that may match, as statistics and bloom filters tell it. */
async function possibleRowGroups(
  reader: ParquetReader,
  predicates: readonly Predicate[],
  signal: AbortSignal | undefined,
): Promise<number[]> {
  const left: number[] = [];
  for (const rowGroup of pruneRowGroups(reader, predicates)) {
    requireGoing(signal);
    if (await mayHoldSought(reader, { rowGroup, predicates })) left.push(rowGroup);
  }
  return left;
}

function unfit({ column, kind }: Predicate): LakeError {
  return new LakeError('invalid', 'a filter cannot be used: it was made for a column of another file', {
    code: 'FILTER',
    details: { column, kind },
  });
}
