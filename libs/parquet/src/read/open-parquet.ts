import { LakeError, type ByteSource } from '@ticklake/core';
import type { RecordBatch, Schema } from '@ticklake/columnar';
import { PHYSICAL } from '../format/constants.js';
import type { FileMeta } from '../format/metadata.js';
import { readBatches } from './batches.js';
import { checkMetadata } from './check-metadata.js';
import type { ColumnCursor } from './column-cursor.js';
import { openFlatCursor } from './flat-cursor.js';
import { openNestedCursor } from './nested-cursor.js';
import type { PageContext } from './page-stream.js';
import type { ParquetLimits } from './parquet-limits.js';
import { readFooter } from './read-footer.js';
import { refuseConcatenation } from './refuse-concatenation.js';
import { rowGroupFacts, type RowGroupFacts } from './row-group-facts.js';
import { buildSchema, type FileColumn, type FileSchema, type Leaf } from './schema-tree.js';
import { boundsOf, type Bounds } from './statistics.js';

/** An open parquet file. It holds no handle: the source is the caller's, and must outlive the reader. */
export interface ParquetReader {
  readonly schema: Schema;
  readonly rowCount: number;
  /** The writer, as it calls itself. */
  readonly createdBy: string | undefined;
  /** Key-value metadata of the footer. */
  readonly metadata: ReadonlyMap<string, string>;
  /** In file order. */
  readonly rowGroups: readonly RowGroupFacts[];
  /** Pages decoded so far by every cursor, dictionary pages included, and how many of them had a CRC. */
  readonly pages: { readonly read: number; readonly withCrc: number };
  /**
   * Bounds of a column over the whole file, from the footer: bigint for 64-bit types, number otherwise. `undefined`
   * when a row group that has values lacks statistics, and for types other than integers, floats, dates, times
   * and timestamps.
   *
   * @throws LakeError `invalid` when there is no such column.
   */
  minMax(column: string): Bounds | undefined;
  /** A new cursor at the column's first row. @throws LakeError `invalid` when there is no such column. */
  column(name: string): ColumnCursor;
  /**
   * All rows in file order, in batches of at most `rowsMax` rows which never span row groups.
   *
   * @throws LakeError `invalid` when there is no such column; `corrupt` as {@link ColumnCursor.take}.
   */
  batches(options: {
    readonly columns?: readonly string[];
    readonly rowsMax: number;
  }): AsyncGenerator<RecordBatch>;
}

/**
 * Reads and checks the footer; no page is touched. Bytes that the footer does not account for are searched for the end
 * of another file, because two files in one would be read as one of them, or as values of neither. A file of up to 1 MiB is read whole, once, and served from
 * memory from then on.
 *
 * @throws LakeError `corrupt` with a code when it is not a parquet file, contradicts itself, or passes a limit.
 */
export async function openParquet(source: ByteSource, limits: ParquetLimits): Promise<ParquetReader> {
  const opened = await readFooter(source, limits);
  const { meta, dataEnd } = opened;
  const fileSchema = buildSchema(meta.schema, limits);
  checkMetadata(meta, { leaves: fileSchema.leaves, dataEnd, limits });
  await refuseConcatenation(opened.source, { meta, dataEnd, limits });
  const counts = { read: 0, withCrc: 0 };
  return createReader(meta, fileSchema, { source: opened.source, limits, counts });
}

function createReader(meta: FileMeta, fileSchema: FileSchema, context: PageContext): ParquetReader {
  const byName = new Map(fileSchema.columns.map((column) => [column.field.name, column]));
  const columnNamed = (name: string): FileColumn => {
    const column = byName.get(name);
    if (column === undefined) throw new LakeError('invalid', 'no such column', { details: { column: name } });
    return column;
  };
  let facts: RowGroupFacts[] | undefined;
  const reader: ParquetReader = {
    schema: fileSchema.schema,
    rowCount: meta.rowCount,
    createdBy: meta.createdBy,
    metadata: meta.metadata,
    get rowGroups() {
      // Most readers never ask, and a spool has thousands of files.
      facts ??= rowGroupFacts(meta, fileSchema);
      return facts;
    },
    pages: context.counts,
    minMax: (name) => fileBounds(meta, fileSchema, columnNamed(name)),
    column: (name) => openCursor(context, { meta, fileSchema, column: columnNamed(name) }),
    batches: (options) => readBatches(reader, meta, options),
  };
  return reader;
}

function openCursor(
  context: PageContext,
  { meta, fileSchema, column }: { meta: FileMeta; fileSchema: FileSchema; column: FileColumn },
): ColumnCursor {
  const { leaves } = fileSchema;
  const { shape, leafStart } = column;
  if (shape !== undefined) return openNestedCursor(context, { meta, leaves, column, shape });
  return openFlatCursor(context, { meta, leaf: leaves[leafStart] as Leaf, leafIndex: leafStart });
}

function fileBounds(meta: FileMeta, { leaves }: FileSchema, column: FileColumn): Bounds | undefined {
  const leaf = leaves[column.leafStart] as Leaf;
  if (column.shape !== undefined) return undefined;
  let all: Bounds | undefined;
  for (const { chunks } of meta.rowGroups) {
    const chunk = chunks[column.leafStart];
    if (chunk === undefined || chunk.valueCount === (chunk.statistics?.nullCount ?? 0)) continue;
    const bounds = boundsOf(leaf.type, leaf.physical === PHYSICAL.INT96, chunk.statistics);
    if (bounds === undefined) return undefined;
    all = {
      min: all === undefined || bounds.min < all.min ? bounds.min : all.min,
      max: all === undefined || bounds.max > all.max ? bounds.max : all.max,
    };
  }
  return all;
}
