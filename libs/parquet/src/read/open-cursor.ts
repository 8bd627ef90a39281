import type { FileMeta } from '../format/metadata.js';
import type { ColumnCursor } from './column-cursor.js';
import { flatRows } from './flat-cursor.js';
import { nestedRows } from './nested-cursor.js';
import type { ColumnRows } from './open-parquet.js';
import { planPages } from './page-plan.js';
import type { PageContext } from './page-walk.js';
import { rangedRows } from './ranged-rows.js';
import type { FileColumn, FileSchema, Leaf } from './schema-tree.js';
import { stickyCursor, type ReadColumn } from './sticky-cursor.js';

/** A cursor over a column of an open file, from a row group on, or over some rows of one. */
export function openCursor(
  context: PageContext,
  {
    meta,
    fileSchema,
    column,
    from,
    open,
  }: {
    readonly meta: FileMeta;
    readonly fileSchema: FileSchema;
    readonly column: FileColumn;
    readonly from: { readonly rowGroup: number } | ColumnRows;
    readonly open: ReadColumn['open'];
  },
): ColumnCursor {
  const { leaves } = fileSchema;
  const { shape, leafStart, field } = column;
  const { rowGroup: firstRowGroup } = from;
  const some = 'rows' in from ? from : undefined;
  const plan = some?.pages === undefined ? undefined : planPages(some.pages, some.rows);
  const leaf = leaves[leafStart] as Leaf;
  const all =
    shape === undefined
      ? flatRows(context, { meta, leaf, leafIndex: leafStart, firstRowGroup, plan })
      : nestedRows(context, { meta, leaves, column, shape, firstRowGroup });
  const rows = some === undefined ? all : rangedRows(all, some.rows);
  return stickyCursor(context.arena, { type: field.type, rows, open });
}
