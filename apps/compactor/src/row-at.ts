import { createColumnBuffer, valueAt, type Arena, type Field } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import type { ParquetReader } from '@ticklake/parquet';
import { READ_BATCH_ROWS } from './limits.js';

/** The values of one row by column, as `valueAt` gives them. */
export type Row = ReadonlyMap<string, unknown>;

/**
 * Row `row` of a file, counted from 0. What is before it in its row group is decoded, some rows at a time.
 *
 * @throws LakeError `invalid` where the file has fewer rows; `corrupt` as reading does.
 */
export async function rowAt(arena: Arena, reader: ParquetReader, row: number): Promise<Row> {
  const rowGroup = reader.rowGroups.findIndex(
    ({ rowStart, rowCount }) => row >= rowStart && row < rowStart + rowCount,
  );
  const group = reader.rowGroups[rowGroup];
  if (group === undefined) {
    throw new LakeError('invalid', 'the file has no such row', { details: { row, rows: reader.rowCount } });
  }
  const values = new Map<string, unknown>();
  for (const field of reader.schema.fields) {
    const place = { rowGroup, skip: row - group.rowStart };
    values.set(field.name, await valueIn(arena, reader, field, place));
  }
  return values;
}

async function valueIn(
  arena: Arena,
  reader: ParquetReader,
  { name, type }: Field,
  { rowGroup, skip }: { readonly rowGroup: number; readonly skip: number },
): Promise<unknown> {
  const cursor = reader.column(name, { rowGroup });
  const passed = createColumnBuffer(arena, type);
  try {
    for (let row = 0; row < skip; row += READ_BATCH_ROWS) {
      passed.clear();
      await cursor.read(passed, Math.min(READ_BATCH_ROWS, skip - row));
    }
    return valueAt(await cursor.take(1), 0);
  } finally {
    passed.release();
    cursor.close();
  }
}
