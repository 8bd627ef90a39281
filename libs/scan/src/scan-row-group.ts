import { takeColumn, type Column, type RecordBatch, type Schema } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import type { ColumnCursor, HeldColumns, ParquetReader, RowRange } from '@ticklake/parquet';
import type { ConstantColumns } from './constant-columns.js';
import { matchingRows } from './matching-rows.js';
import type { Predicate } from './predicate.js';
import { pagesIn, prunePages, type KeptRows } from './prune.js';
import { rowsIn } from './row-ranges.js';
import type { PageCounts } from './scan-parquet.js';

/** A row group to be scanned. */
export interface RowGroupTask {
  readonly rowGroup: number;
  /** Of what is given. */
  readonly schema: Schema;
  /** On columns that the file stores. */
  readonly predicates: readonly Predicate[];
  /** The flat columns that are given, where they were read at once; then there are no predicates. */
  readonly held: HeldColumns | undefined;
  readonly constants: ConstantColumns;
  readonly batchRows: number;
  readonly signal: AbortSignal | undefined;
  onPages(counts: PageCounts): void;
}

/** The rows of a row group that match. */
export async function* scanRowGroup(reader: ParquetReader, task: RowGroupTask): AsyncGenerator<RecordBatch> {
  const { schema, constants, predicates, batchRows } = task;
  requireGoing(task.signal);
  const kept = await prunePages(reader, task);
  task.onPages(countsOf(reader, task.rowGroup, kept));
  const names = new Set([
    ...predicates.map(({ column }) => column),
    ...schema.fields.map(({ name }) => name),
  ]);
  const cursors = new Map<string, LazyCursor>();
  try {
    const stored = [...names].filter((name) => !constants.has(name));
    for (const name of stored) cursors.set(name, await openCursor(reader, task, { name, kept }));
    const rowCount = rowsIn(kept.ranges);
    for (let start = 0; start < rowCount; start += batchRows) {
      requireGoing(task.signal);
      const count = Math.min(batchRows, rowCount - start);
      const batch = await nextBatch(cursors, task, count);
      if (batch !== undefined) yield batch;
    }
  } finally {
    for (const cursor of cursors.values()) cursor.close();
  }
}

/** @throws LakeError `cancelled`. Internal. */
export function requireGoing(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new LakeError('cancelled', 'cancelled while rows were read');
}

function countsOf(reader: ParquetReader, rowGroup: number, { ranges, pages }: KeptRows): PageCounts {
  const sum = (count: (one: Parameters<typeof pagesIn>[0]) => number) =>
    [...pages.values()].reduce((before, one) => before + count(one), 0);
  return {
    rowGroup,
    rows: reader.rowGroups[rowGroup]?.rowCount ?? 0,
    rowsRead: rowsIn(ranges),
    pages: sum((one) => one.length),
    pagesRead: sum((one) => pagesIn(one, ranges)),
  };
}

/** Where every row is read, nothing is asked of the source beside the pages. */
async function openCursor(
  reader: ParquetReader,
  { rowGroup, held }: RowGroupTask,
  { name, kept }: { readonly name: string; readonly kept: KeptRows },
): Promise<LazyCursor> {
  const { ranges } = kept;
  const isNested = reader.schema.fields.some((field) => field.name === name && field.type.kind === 'nested');
  if (held !== undefined && !isNested) return new LazyCursor(held.column(name));
  if (isEverything(ranges, reader.rowGroups[rowGroup]?.rowCount ?? 0)) {
    return new LazyCursor(reader.column(name, { rowGroup }));
  }
  const pages =
    ranges.length === 0
      ? undefined
      : (kept.pages.get(name) ?? (await reader.pageLocations({ name, rowGroup })));
  return new LazyCursor(reader.column(name, { rowGroup, rows: ranges, pages }));
}

function isEverything(ranges: readonly RowRange[], rowCount: number): boolean {
  return rowsIn(ranges) === rowCount;
}

/** The rows among the next `count` that match; `undefined` when none does. A column is only read where rows are left for it. */
async function nextBatch(
  cursors: ReadonlyMap<string, LazyCursor>,
  { predicates, schema, constants }: RowGroupTask,
  count: number,
): Promise<RecordBatch | undefined> {
  const taken = new Map<string, Column>();
  const take = async (name: string) => {
    const column = taken.get(name) ?? (await (cursors.get(name) as LazyCursor).take(count));
    taken.set(name, column);
    return column;
  };
  let rows = firstRows(count);
  for (const predicate of predicates) {
    if (rows.length > 0) rows = matchingRows(await take(predicate.column), predicate, rows);
  }
  const columns: Column[] = [];
  for (const { name } of rows.length > 0 ? schema.fields : []) {
    if (constants.has(name)) columns.push(constants.take(name, rows.length));
    else columns.push(rows.length === count ? await take(name) : takeColumn(await take(name), rows));
  }
  for (const [name, cursor] of cursors) if (!taken.has(name)) cursor.pass(count);
  return rows.length === 0 ? undefined : { schema, rowCount: rows.length, columns };
}

/** 0, 1, … `count - 1`: in a loop, since `Uint32Array.from` takes longer than decoding a column. */
function firstRows(count: number): Uint32Array {
  const rows = new Uint32Array(count);
  for (let row = 0; row < count; row++) rows[row] = row;
  return rows;
}

/** Passes rows over only once others are wanted: then all at once, whole pages of them without a look. */
class LazyCursor {
  private passed = 0;

  constructor(private readonly cursor: ColumnCursor) {}

  async take(rowCount: number): Promise<Column> {
    const { passed } = this;
    this.passed = 0;
    if (passed > 0) await this.cursor.skip(passed);
    return this.cursor.take(rowCount);
  }

  pass(rowCount: number): void {
    this.passed += rowCount;
  }

  close(): void {
    this.cursor.close();
  }
}
