import type { NestedColumnBuffer, NestedShape, StripedRows } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import { corrupt } from '../format/corrupt.js';
import type { ChunkMeta, FileMeta } from '../format/metadata.js';
import { checkLevels, levelRules, type LevelRules } from './check-levels.js';
import { openChunk } from './chunk-reader.js';
import type { ColumnCursor } from './column-cursor.js';
import { dropRows } from './drop-rows.js';
import { openLeafLevels, type LeafLevels } from './leaf-levels.js';
import { located, type PageContext } from './page-walk.js';
import type { FileColumn, Leaf } from './schema-tree.js';
import type { CursorRows } from './sticky-cursor.js';

/** Where a nested column stands. */
export interface NestedPlace {
  readonly meta: FileMeta;
  readonly leaves: readonly Leaf[];
  readonly column: FileColumn;
  readonly shape: NestedShape;
  readonly firstRowGroup: number;
}

/** What a cursor over a struct, list or map column reads with, whose rows it gives striped, as they are stored. */
export function nestedRows(context: PageContext, place: NestedPlace): CursorRows {
  const rows = new NestedRows(context, place);
  const cursor: Pick<ColumnCursor, 'read'> = {
    read(buffer, rowCount) {
      assert(buffer.kind === 'nested', 'a nested column is read into a nested buffer');
      return rows.read(buffer, rowCount);
    },
  };
  const { arena } = context;
  const { type } = place.column.field;
  return {
    ...cursor,
    open: () => undefined,
    skip: (rowCount) => dropRows(cursor, { arena, type, rowCount }),
    close: () => rows.close(),
  };
}

class NestedRows {
  private readonly rules: LevelRules;
  private rowGroup: number;
  private rowsLeft = 0;
  private open: readonly LeafLevels[] = [];

  constructor(
    private readonly context: PageContext,
    private readonly place: NestedPlace,
  ) {
    this.rules = levelRules(place.shape);
    this.rowGroup = place.firstRowGroup - 1;
  }

  async read(buffer: NestedColumnBuffer, rowCount: number): Promise<void> {
    for (let left = rowCount; left > 0; ) {
      if (this.rowsLeft === 0) {
        this.openGroup();
        continue;
      }
      const count = Math.min(left, this.rowsLeft);
      for (const leaf of this.open) await leaf.fill(count);
      try {
        buffer.putStriped(this.take(count));
        left -= count;
        this.rowsLeft -= count;
        if (this.rowsLeft === 0) this.finishGroup();
      } catch (error) {
        // Which of the leaves is wrong cannot be told; the page of the first is as good a place to look as any.
        throw located(error, (this.open[0] as LeafLevels).chunk.where);
      }
      if (this.rowsLeft === 0) this.close();
    }
  }

  close(): void {
    for (const leaf of this.open) leaf.release();
    this.open = [];
  }

  private openGroup(): void {
    const { meta, leaves, column } = this.place;
    this.rowGroup++;
    const { rowGroup } = this;
    const group = meta.rowGroups[rowGroup];
    assert(group !== undefined, 'the column has fewer rows left');
    this.rowsLeft = group.rowCount;
    this.open = leaves.slice(column.leafStart, column.leafEnd).map((leaf, i) => {
      const chunk = group.chunk(column.leafStart + i) as ChunkMeta;
      return openLeafLevels(this.context.arena, leaf, openChunk(this.context, { chunk, leaf, rowGroup }));
    });
  }

  private take(rowCount: number): StripedRows {
    const leaves = this.open.map((leaf) => leaf.take(rowCount));
    if (leaves.some((leaf) => leaf.rowCount < rowCount)) {
      throw corrupt('PAGE_CORRUPT', 'a nested column has fewer rows than its row group');
    }
    const rows = { shape: this.place.shape, rowCount, leaves };
    checkLevels(this.rules, rows);
    return rows;
  }

  private finishGroup(): void {
    if (this.open.every(({ isDone }) => isDone)) return;
    throw corrupt('PAGE_CORRUPT', 'a nested column has more rows than its row group', {
      column: this.place.column.field.name,
    });
  }
}
