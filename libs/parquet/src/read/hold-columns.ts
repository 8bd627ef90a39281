import { assert, LakeError } from '@ticklake/core';
import type { ColumnCursor } from './column-cursor.js';
import type { HeldChunks } from './held-chunks.js';
import type { ParquetReader } from './open-parquet.js';
import { partsOf, type StoredChunks } from './reader-parts.js';

/** Columns of a row group whose bytes are at hand. */
export interface HeldColumns {
  /**
   * A new cursor over one of them, which is flat; it waits for nothing, and is closed before they are released.
   *
   * @throws LakeError `invalid` when it is nested. @throws Error when it is none of them.
   */
  column(name: string): ColumnCursor;
  /** Gives back what they take of the arena. */
  release(): void;
}

/**
 * Reads columns of a row group as they are stored, neighbours at once: one request, where all columns are asked for. Pages are checked
 * as those of every cursor, when they are decoded.
 *
 * @throws LakeError `invalid` when there is no such row group, or no such column; whatever the source throws.
 */
export async function holdColumns(
  reader: ParquetReader,
  { rowGroup, columns }: { readonly rowGroup: number; readonly columns: readonly string[] },
): Promise<HeldColumns> {
  const parts = partsOf(reader);
  // Neighbours are found in the order of the file.
  const order = new Map(reader.schema.fields.map(({ name }, index) => [name, index]));
  const names = [...columns].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  const stored = names.map((name) => parts.storedColumn(name, rowGroup));
  const held = await parts.hold({ chunks: stored.flatMap(({ chunks }) => chunks), rowGroup });
  const own = new Map<string, HeldColumn>();
  let firstChunk = 0;
  names.forEach((name, i) => {
    const column = stored[i] as StoredChunks;
    own.set(name, { stored: column, held, firstChunk });
    firstChunk += column.chunks.length;
  });
  return new Held(own, held);
}

/** A column whose bytes are at hand, and the first of its chunks among those that are. Internal. */
export interface HeldColumn {
  readonly stored: StoredChunks;
  readonly held: HeldChunks;
  readonly firstChunk: number;
}

/** One of the columns. Internal. @throws Error when it is none of them. */
export function heldColumn(columns: HeldColumns, name: string): HeldColumn {
  assert(columns instanceof Held, 'these are columns that this library holds');
  return columns.of(name);
}

class Held implements HeldColumns {
  constructor(
    private readonly columns: ReadonlyMap<string, HeldColumn>,
    private readonly held: HeldChunks,
  ) {}

  of(name: string): HeldColumn {
    const column = this.columns.get(name);
    assert(column !== undefined, 'the column is held');
    return column;
  }

  column(name: string): ColumnCursor {
    const { stored, held, firstChunk } = this.of(name);
    if (stored.shape !== undefined) {
      throw new LakeError('invalid', 'a nested column has no cursor over held bytes', {
        details: { column: name },
      });
    }
    return stored.openCursor({ context: held.context(firstChunk) });
  }

  release(): void {
    this.held.release();
  }
}
