import { columnLength, concatColumns, emptyColumn, sliceColumn, type Column } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { FileMeta } from '../format/metadata.js';
import { openChunkValues, type ChunkValues } from './chunk-values.js';
import type { ColumnCursor } from './column-cursor.js';
import type { PageContext } from './page-stream.js';
import { denseColumn } from './scatter.js';
import type { Leaf } from './schema-tree.js';
import { stickyCursor } from './sticky-cursor.js';

/** A cursor over a column of which every row is one value or null. */
export function openFlatCursor(
  context: PageContext,
  { meta, leaf, leafIndex }: { meta: FileMeta; leaf: Leaf; leafIndex: number },
): ColumnCursor {
  let rowGroup = 0;
  let chunk: ChunkValues | undefined;
  let page: Column = emptyColumn(leaf.type);
  let at = 0;
  const nextPage = async (): Promise<void> => {
    for (;;) {
      if (chunk === undefined) {
        const group = meta.rowGroups[rowGroup];
        assert(group !== undefined, 'the column has fewer rows left');
        const chunkMeta = group.chunks[leafIndex];
        assert(chunkMeta !== undefined, 'every row group has every column');
        chunk = openChunkValues(context, { chunk: chunkMeta, leaf, rowGroup });
        rowGroup++;
      }
      const next = await chunk.next();
      if (next === undefined) {
        chunk = undefined;
        continue;
      }
      page = denseColumn(next.dense, next.definition);
      at = 0;
      return;
    }
  };
  const take = async (rowCount: number): Promise<Column> => {
    const pieces: Column[] = [];
    for (let left = rowCount; left > 0; ) {
      const pageRows = columnLength(page);
      if (at === pageRows) {
        await nextPage();
        continue;
      }
      const end = Math.min(at + left, pageRows);
      pieces.push(sliceColumn(page, at, end));
      left -= end - at;
      at = end;
    }
    return concatColumns(leaf.type, pieces);
  };
  return stickyCursor(take);
}
