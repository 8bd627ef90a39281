import { assert, LakeError } from '@ticklake/core';
import type { ColumnCursor } from './column-cursor.js';
import type { ParquetReader } from './open-parquet.js';
import { partsOf } from './reader-parts.js';

/** Columns of a row group whose bytes are at hand. */
export interface HeldColumns {
  /** A new cursor over one of them, which waits for nothing. It is closed before they are released. @throws Error when it is none of them. */
  column(name: string): ColumnCursor;
  /** Gives back what they take of the arena. */
  release(): void;
}

/**
 * Reads flat columns of a row group as they are stored, neighbours at once: one request, where all columns are asked for. Pages are checked
 * as those of every cursor, when they are decoded.
 *
 * @throws LakeError `invalid` when there is no such row group, or no such flat column; whatever the source throws.
 */
export async function holdColumns(
  reader: ParquetReader,
  { rowGroup, columns }: { readonly rowGroup: number; readonly columns: readonly string[] },
): Promise<HeldColumns> {
  const parts = partsOf(reader);
  // Neighbours are found in the order of the file.
  const order = new Map(reader.schema.fields.map(({ name }, index) => [name, index]));
  const names = [...columns].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  const stored = names.map((name) => {
    const column = parts.storedColumn(name, rowGroup);
    if (column.shape === undefined) return column;
    throw new LakeError('invalid', 'nested columns are not held', { details: { column: name } });
  });
  const held = await parts.hold({ chunks: stored.flatMap(({ chunks }) => chunks), rowGroup });
  return {
    column(name) {
      const index = names.indexOf(name);
      const column = stored[index];
      assert(column !== undefined, 'the column is held');
      return column.openCursor({ context: held.context(index) });
    },
    release: () => held.release(),
  };
}
