import {
  columnAt,
  createArenaBuffer,
  type Arena,
  type ArenaBuffer,
  type PlacedColumn,
  type Schema,
} from '@ticklake/columnar';
import { createStripedRows, type StripedLeafRows } from './striped-leaves.js';
import type { PageCodec } from '../codec/page-codec.js';
import { copyColumnPages, type StoredColumn } from './copy-pages.js';
import { copyUnreadPages } from './copy-unread-pages.js';
import { createChunkEncoder } from './column-chunk.js';
import { createCodecs } from './codecs.js';
import { storedAs, type ColumnOptions, type ColumnStoredAs } from './column-options.js';
import { flatRows, type ColumnCollector } from './flat-leaf.js';
import type { EncodedChunk } from './encoded-chunk.js';
import type { Leaf } from './leaf.js';
import type { LeafRows } from './leaf-rows.js';
import { createNestedCollector } from './nested-column.js';
import { createPageWriter, type PageWriter } from './page-writer.js';
import { layOutSchema, type TreeField } from './schema-tree.js';

/** How row groups are stored; part of {@link ParquetSinkOptions}. */
export interface EncodingOptions extends ColumnOptions {
  /** Rows of every page but a row group's last. A page of long values may have fewer. */
  readonly pageRows: number;
  /** Flat columns by which the rows are sorted, ascending, the first first. */
  readonly sortingColumns: readonly string[];
}

/** The chunks of one column: one, or for a nested column one for each of its leaves. */
export type ColumnChunks = readonly EncodedChunk[];

/** Encodes row groups, the work of a sink that needs no file: some columns of a row group can be encoded here, others elsewhere. */
export interface RowGroupEncoder {
  /**
   * The chunks of a row group, for each column those of its leaves. Rows are trusted to be of their types. Striped rows are encoded
   * where they stand, where their levels count as the schema's do. The chunks hold until as many calls later as there are `turns`.
   *
   * @throws LakeError `invalid` when a value of a nested column does not fit its type; as `ColumnCursor.read` for stored columns.
   */
  encode(
    columns: readonly (PlacedColumn | StoredColumn)[],
    rowCount: number,
  ): Promise<readonly ColumnChunks[]>;
  release(): void;
}

/**
 * An encoder for the columns of `schema`. Equal rows and options give equal chunks, whatever was encoded before and with whichever
 * columns beside it. With several `turns`, chunks of as many row groups stand side by side; what they are made in there is once.
 *
 * @throws LakeError `invalid` when the schema cannot be stored, a level is none of zstd, or a column cannot have a bloom filter. Options of columns that are not here are those
 *   of others in the file.
 */
export async function openRowGroupEncoder(
  arena: Arena,
  schema: Schema,
  options: EncodingOptions,
  { turns }: { readonly turns: number } = { turns: 1 },
): Promise<RowGroupEncoder> {
  const columns = await openColumns(arena, { schema, options, turns });
  const encoder = createChunkEncoder(arena, options);
  let turn = turns - 1;
  const turnOf = (column: EncodedColumn) => column.turns[turn] as ColumnTurn;
  const encodeColumn = (column: EncodedColumn, placed: PlacedColumn): ColumnChunks =>
    leafRows(arena, column, placed).map((rows, i) =>
      encoder.encode(rows, {
        ...column.stored,
        writer: turnOf(column).writers[i] as PageWriter,
        pageBounds: column.pageBounds,
      }),
    );
  const encodeStored = async (
    column: EncodedColumn,
    stored: StoredColumn,
    rowCount: number,
  ): Promise<ColumnChunks> => {
    const { leaves, pageBounds, codec, stored: how } = column;
    const { writers, notes } = turnOf(column);
    const [leaf, writer] = [leaves[0] as Leaf, writers[0] as PageWriter];
    const unread = await copyUnreadPages(stored, { column, writer, codec: codec.name, rowCount });
    if (unread !== undefined) {
      stored.into.clear();
      return encoder.adoptUnread(unread, { writer, notes });
    }
    const copied = await copyColumnPages(stored, { leaf, writer, codec: codec.name, rowCount });
    const { into } = stored;
    if (copied === undefined) return encodeColumn(column, into.placed());
    const task = { writer, pageBounds, bloomFilter: how.bloomFilter };
    return [encoder.adopt(flatRows(leaf, into.placedAsRead()), copied, task)];
  };
  return {
    async encode(given, rowCount) {
      turn = (turn + 1) % turns;
      const chunks: ColumnChunks[] = [];
      for (const [i, column] of columns.entries()) {
        const source = given[i] as PlacedColumn | StoredColumn;
        if (source.layout === 'stored') chunks.push(await encodeStored(column, source, rowCount));
        else chunks.push(encodeColumn(column, source));
      }
      return chunks;
    },
    release() {
      encoder.release();
      for (const { collector, turns: ofTurns } of columns) {
        collector?.release();
        for (const { writers, notes } of ofTurns) {
          notes.release();
          for (const writer of writers) writer.release();
        }
      }
    },
  };
}

/** What the chunks of a column stand in, of one row group out of as many as there are turns. */
interface ColumnTurn {
  /** One for each leaf: their chunks stand side by side. */
  readonly writers: readonly PageWriter[];
  /** Of chunks that are copied unread, all of which stand in the first writer. */
  readonly notes: ArenaBuffer;
}

interface EncodedColumn extends TreeField {
  /** Of a nested column: for rows that come as plain values. */
  readonly collector?: ColumnCollector;
  /** Of a nested column: for rows that come striped. */
  readonly striped?: StripedLeafRows;
  readonly turns: readonly ColumnTurn[];
  readonly pageBounds: boolean;
  readonly stored: ColumnStoredAs;
  readonly codec: PageCodec;
}

async function openColumns(
  arena: Arena,
  {
    schema,
    options,
    turns,
  }: { readonly schema: Schema; readonly options: EncodingOptions; readonly turns: number },
): Promise<readonly EncodedColumn[]> {
  const codecs = createCodecs();
  // Refused at once, also where no column here is stored so: these may be some columns of a file, others of which are.
  await codecs.open(options);
  const columns: EncodedColumn[] = [];
  for (const field of layOutSchema(schema).fields) {
    const stored = storedAs(options, field.field);
    const codec = await codecs.open(stored);
    columns.push({
      ...field,
      ...{ stored, codec },
      ...(field.field.type.kind === 'nested' && {
        collector: createNestedCollector(arena, field.field, field.leaves),
        striped: createStripedRows(field),
      }),
      turns: Array.from({ length: turns }, () => ({
        writers: field.leaves.map(() => createPageWriter(arena, codec)),
        notes: createArenaBuffer(arena),
      })),
      pageBounds: hasPageBounds(field, options.sortingColumns),
    });
  }
  return columns;
}

/** Rows of a column as its leaves have them. */
function leafRows(
  arena: Arena,
  { field, leaves, collector, striped }: EncodedColumn,
  placed: PlacedColumn,
): readonly LeafRows[] {
  if (collector === undefined) return [flatRows(leaves[0] as Leaf, placed)];
  const asTheyStand = placed.layout === 'striped' ? striped?.(placed) : undefined;
  if (asTheyStand !== undefined) return asTheyStand;
  collector.clear();
  collector.append(columnAt(arena, field.type, placed), 0, placed.rowCount);
  return collector.leaves();
}

/** Page bounds come with the pass over numbers; for text they are worth their cost only where rows are sorted by it. */
export function hasPageBounds({ field, leaves }: TreeField, sortingColumns: readonly string[]): boolean {
  if (field.type.kind === 'nested') return false;
  const { physical } = leaves[0] as Leaf;
  const isText = physical === 'BYTE_ARRAY' || physical === 'FIXED_LEN_BYTE_ARRAY';
  return !isText || sortingColumns.includes(field.name);
}
