import { columnAt, createColumnBuffer, type Arena, type FixedColumn } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { ParquetReader } from '@ticklake/parquet';
import { BATCH_ROWS } from '../limits.js';

/** Some rows of a file, whose columns hold until the next are asked for; until then, whoever has them may change them. */
export interface FixedBatch {
  readonly rowCount: number;
  readonly columns: readonly FixedColumn[];
}

/**
 * All rows of columns of fixed width, as plain values, in memory that is used again: arrays of their own for years of trades are what
 * V8 looks through its heap for.
 *
 * @throws LakeError as the reader.
 */
export async function* fixedBatches(
  reader: ParquetReader,
  arena: Arena,
  names: readonly string[],
): AsyncGenerator<FixedBatch> {
  const columns = names.map((name) => {
    const field = reader.schema.fields.find((one) => one.name === name);
    assert(field !== undefined, 'a column is one of the file');
    const buffer = createColumnBuffer(arena, field.type);
    assert(buffer.kind === 'fixed', 'a column has a fixed width');
    return { buffer, type: field.type, cursor: reader.column(name) };
  });
  try {
    for (const group of reader.rowGroups) {
      for (let row = 0; row < group.rowCount; row += BATCH_ROWS) {
        const rowCount = Math.min(BATCH_ROWS, group.rowCount - row);
        for (const { buffer, cursor } of columns) {
          buffer.clear();
          const wait = cursor.read(buffer, rowCount);
          if (wait !== undefined) await wait;
        }
        yield {
          rowCount,
          columns: columns.map(({ buffer, type }) => columnAt(arena, type, buffer.plain()) as FixedColumn),
        };
      }
    }
  } finally {
    for (const { buffer, cursor } of columns) {
      buffer.release();
      cursor.close();
    }
  }
}
