import { columnAt, createColumnBuffer, type Arena, type Field, type FixedColumn } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { ColumnCursor, ParquetReader } from '@ticklake/parquet';
import { BATCH_ROWS } from '../limits.js';

/** Some rows of a file, whose columns hold until the next are asked for; until then, whoever has them may change them. */
export interface FixedBatch {
  readonly rowCount: number;
  readonly columns: readonly FixedColumn[];
  /** How many rows of the file come before. */
  readonly firstRow: number;
  readonly rowGroup: number;
  /** Whether they are the last of their row group. */
  readonly isLast: boolean;
}

/**
 * All rows of columns of fixed width, or those of some row groups, which ascend, as plain values, in memory that is used again: arrays of
 * their own for years of trades are what V8 looks through its heap for.
 *
 * @throws LakeError as the reader.
 */
export async function* fixedBatches(
  reader: ParquetReader,
  arena: Arena,
  names: readonly string[],
  rowGroups: Iterable<number> = reader.rowGroups.keys(),
): AsyncGenerator<FixedBatch> {
  const columns = names.map((name) => new BatchColumn(reader, arena, name));
  let groupRow = 0;
  let passed = 0;
  try {
    for (const rowGroup of rowGroups) {
      for (; passed < rowGroup; passed++) groupRow += rowsOf(reader, passed);
      const groupRows = rowsOf(reader, rowGroup);
      for (const column of columns) column.goTo(rowGroup);
      for (let row = 0; row < groupRows; row += BATCH_ROWS) {
        const rowCount = Math.min(BATCH_ROWS, groupRows - row);
        for (const column of columns) {
          const wait = column.read(rowCount);
          if (wait !== undefined) await wait;
        }
        yield {
          ...{ rowCount, rowGroup, firstRow: groupRow + row, isLast: row + rowCount === groupRows },
          columns: columns.map((column) => column.values()),
        };
      }
    }
  } finally {
    for (const column of columns) column.close();
  }
}

function rowsOf({ rowGroups }: ParquetReader, rowGroup: number): number {
  const group = rowGroups[rowGroup];
  assert(group !== undefined, 'a row group is one of the file');
  return group.rowCount;
}

/** A column of a file, row group after row group. */
class BatchColumn {
  private readonly field: Field;
  private readonly buffer;
  private cursor: ColumnCursor | undefined;
  private nextGroup = 0;

  constructor(
    private readonly reader: ParquetReader,
    private readonly arena: Arena,
    name: string,
  ) {
    const field = reader.schema.fields.find((one) => one.name === name);
    assert(field !== undefined, 'a column is one of the file');
    this.field = field;
    const buffer = createColumnBuffer(arena, field.type);
    assert(buffer.kind === 'fixed', 'a column has a fixed width');
    this.buffer = buffer;
  }

  /** All rows of the row group before were read. */
  goTo(rowGroup: number): void {
    if (this.cursor === undefined || rowGroup !== this.nextGroup) {
      this.cursor?.close();
      this.cursor = this.reader.column(this.field.name, { rowGroup });
    }
    this.nextGroup = rowGroup + 1;
  }

  /** Forgets what was read before. */
  read(rowCount: number): Promise<void> | undefined {
    const { buffer, cursor } = this;
    assert(cursor !== undefined, 'rows are of a row group');
    buffer.clear();
    return cursor.read(buffer, rowCount);
  }

  values(): FixedColumn {
    return columnAt(this.arena, this.field.type, this.buffer.plain()) as FixedColumn;
  }

  close(): void {
    this.buffer.release();
    this.cursor?.close();
  }
}
