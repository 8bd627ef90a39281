import { assert } from '@ticklake/core';
import { corrupt } from '../format/corrupt.js';
import type { ChunkMeta, FileMeta } from '../format/metadata.js';
import { assembleValue } from './assemble.js';
import { openChunk } from './chunk-reader.js';
import type { ColumnCursor } from './column-cursor.js';
import { fillRows, leafLevels, type LeafLevels } from './leaf-levels.js';
import { located, type PageContext } from './page-walk.js';
import type { FileColumn, Leaf, Shape } from './schema-tree.js';
import { stickyCursor } from './sticky-cursor.js';

/** A cursor over a struct, list or map column, which it assembles row by row. */
export function openNestedCursor(
  context: PageContext,
  {
    meta,
    leaves,
    column,
    shape,
    firstRowGroup,
  }: {
    readonly meta: FileMeta;
    readonly leaves: readonly Leaf[];
    readonly column: FileColumn;
    readonly shape: Shape;
    readonly firstRowGroup: number;
  },
): ColumnCursor {
  let rowGroup = firstRowGroup - 1;
  let rowsLeft = 0;
  let open: LeafLevels[] = [];
  const openGroup = (): void => {
    rowGroup++;
    const group = meta.rowGroups[rowGroup];
    assert(group !== undefined, 'the column has fewer rows left');
    rowsLeft = group.rowCount;
    // Indexed like the file's leaves, which is what shapes refer to.
    open = [];
    for (let i = column.leafStart; i < column.leafEnd; i++) {
      const leaf = leaves[i] as Leaf;
      open[i] = leafLevels(leaf, openChunk(context, { chunk: group.chunks[i] as ChunkMeta, leaf, rowGroup }));
    }
  };
  const closeGroup = () => {
    // Indexed like the file's leaves, most of which are not this column's.
    for (const levels of open) (levels as LeafLevels | undefined)?.chunk.release();
    open = [];
  };
  const take = async (rowCount: number): Promise<unknown[]> => {
    const rows: unknown[] = [];
    while (rows.length < rowCount) {
      if (rowsLeft === 0) {
        openGroup();
        continue;
      }
      const count = Math.min(rowCount - rows.length, rowsLeft);
      for (let i = column.leafStart; i < column.leafEnd; i++)
        await fillRows(context.arena, open[i] as LeafLevels, count);
      try {
        for (let i = 0; i < count; i++) rows.push(nextRow(shape, open, column));
        rowsLeft -= count;
        if (rowsLeft === 0) finishGroup(open, column);
      } catch (error) {
        // Which of the leaves is wrong cannot be told; the page of the first is as good a place to look as any.
        throw located(error, (open[column.leafStart] as LeafLevels).chunk.where);
      }
      if (rowsLeft === 0) closeGroup();
    }
    return rows;
  };
  return stickyCursor(context.arena, column.field.type, {
    async read(buffer, rowCount) {
      assert(buffer.kind === 'nested', 'a nested column is read into a nested buffer');
      buffer.putValues(await take(rowCount));
    },
    close: closeGroup,
  });
}

/** A row begins where every leaf's repetition level is 0. */
function nextRow(
  shape: Shape,
  open: readonly LeafLevels[],
  { leafStart, leafEnd, field }: FileColumn,
): unknown {
  for (let i = leafStart; i < leafEnd; i++) {
    const { repetition, at } = open[i] as LeafLevels;
    if (repetition[at] !== 0) {
      throw corrupt('PAGE_CORRUPT', 'a row does not begin where the one before ends', { column: field.name });
    }
  }
  return assembleValue(shape, open);
}

function finishGroup(open: readonly LeafLevels[], { leafStart, leafEnd, field }: FileColumn): void {
  for (let i = leafStart; i < leafEnd; i++) {
    const { definition, at, ended } = open[i] as LeafLevels;
    if (!ended || at < definition.length) {
      throw corrupt('PAGE_CORRUPT', 'a nested column has more rows than its row group', {
        column: field.name,
      });
    }
  }
}
