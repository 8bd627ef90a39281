import { LakeError, type ByteSource } from '@ticklake/core';
import type { Arena, ColumnBuffer, RecordBatch, Schema } from '@ticklake/columnar';
import type { ChunkMeta, FileMeta, RowGroupMeta } from '../format/metadata.js';
import { forgetChunks } from '../format/parse-row-groups.js';
import { readBatches } from './batches.js';
import { mayHold } from './bloom-filter.js';
import { checkMetadata } from './check-metadata.js';
import { columnCodecs } from './column-codecs.js';
import type { ColumnCursor } from './column-cursor.js';
import { fileBounds } from './file-bounds.js';
import { flatRows } from './flat-cursor.js';
import { holdChunks } from './held-chunks.js';
import { openCodecs } from './open-codecs.js';
import { openCursor } from './open-cursor.js';
import {
  readPageBounds,
  readPageLocations,
  type IndexedChunk,
  type PageBounds,
  type PageLocation,
} from './page-index.js';
import type { RowRange } from './page-plan.js';
import type { PageContext } from './page-walk.js';
import { leafFacts, type LeafFacts } from './leaf-facts.js';
import { readLeafValues } from './leaf-values.js';
import { readPageFacts, type PageFacts } from './page-facts.js';
import type { ParquetLimits } from './parquet-limits.js';
import { PARTS, type OwnReader, type ReaderParts, type StoredChunks } from './reader-parts.js';
import { readFooter, type Opened } from './read-footer.js';
import { refuseConcatenation } from './refuse-concatenation.js';
import { rowGroupFacts, type RowGroupFacts } from './row-group-facts.js';
import { buildSchema, type FileColumn, type FileSchema, type Leaf } from './schema-tree.js';
import type { Bounds } from './statistics.js';
import type { SoughtValue } from './stored-forms.js';
import { stickyCursor } from './sticky-cursor.js';
import { walkStoredPages } from './stored-pages.js';

/**
 * An open parquet file. It holds no handle: the source is the caller's, and must outlive the reader. It holds memory of the
 * arena until it is closed.
 */
export interface ParquetReader {
  readonly schema: Schema;
  readonly rowCount: number;
  /** The writer, as it calls itself. */
  readonly createdBy: string | undefined;
  /** What pages are compressed by, by column, as the format calls it, e.g. `SNAPPY`; several where chunks of a column differ. */
  readonly codecs: ReadonlyMap<string, ReadonlySet<string>>;
  /** Key-value metadata of the footer. */
  readonly metadata: ReadonlyMap<string, string>;
  /** In file order. */
  readonly rowGroups: readonly RowGroupFacts[];
  /** What the columns of every row group are of, in their order. */
  readonly leaves: readonly LeafFacts[];
  /** All bytes of the file, where they are at hand until the reader is closed. */
  readonly bytes: Uint8Array | undefined;
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
  /**
   * The pages of a column of a row group, in order, as their headers tell them: nothing is decompressed and no checksum is
   * compared. `leaf` counts from 0 as {@link ParquetReader.leaves} does. Reads windows of `windowBytes` (64 KiB at least), and
   * skips what lies between where a page is larger.
   *
   * @throws LakeError `invalid` when there is no such row group or leaf; `corrupt` when a header is bad, with `column`,
   * `rowGroup`, `page` and `offset` in the details; whatever the source throws.
   */
  pageFacts(place: { readonly rowGroup: number; readonly leaf: number }): AsyncGenerator<PageFacts>;
  /**
   * Where the data pages of a column stand in a row group, in order: together they have all its rows. From its offset index; `undefined`
   * for a nested column, and where the file has none that tells of every byte of the chunk.
   *
   * @throws LakeError `invalid` when there is no such column or row group; `corrupt` when the index contradicts the footer, with
   * `column` and `rowGroup` in the details; whatever the source throws.
   */
  pageLocations(place: ColumnPlace): Promise<readonly PageLocation[] | undefined>;
  /**
   * What the column index tells of the values of `pages`, one for each; `undefined` where the file has none. It is held to the
   * offset index and to the footer: lengths, counts of nulls, bounds that the footer calls exact. What it says of a page that is not read is
   * believed.
   *
   * @param pages - As {@link ParquetReader.pageLocations} gave them.
   * @throws LakeError as {@link ParquetReader.pageLocations}.
   */
  pageBounds(place: ColumnPlace, pages: readonly PageLocation[]): Promise<readonly PageBounds[] | undefined>;
  /**
   * Whether a row of a column in a row group may have one of `values`, as its bloom filter tells it: false means that none has. True where
   * there is no filter, for a nested column, booleans and decimals, and for NaN. 0 is looked for as both zeros; null is nothing to look for.
   * Reads the filter's header, and of its blocks windows of 64 KiB with those of the values.
   *
   * @throws LakeError `invalid` when there is no such column or row group; `corrupt` when the filter lies outside the file or its
   * header is bad, with `column` and `rowGroup` in the details; whatever the source throws.
   */
  mayHold(place: ColumnPlace, values: readonly SoughtValue[]): Promise<boolean>;
  /**
   * Reads every page of a row group as it is stored: sizes, counts and encodings are held against the footer, and checksums compared.
   * Nothing is decompressed. Pages count as read.
   *
   * @throws LakeError `invalid` when there is no such row group; `corrupt` as {@link ColumnCursor.take}; whatever the source throws.
   */
  checkPages(rowGroup: number): Promise<void>;
  /**
   * Appends the values of a leaf in a row group that are present, one after another, to a buffer for the leaf's type. `leaf` counts from 0
   * as {@link ParquetReader.leaves} does.
   *
   * @throws LakeError `invalid` when there is no such row group or leaf; `corrupt` as {@link ColumnCursor.take}; whatever the source throws.
   */
  leafValues(place: { readonly rowGroup: number; readonly leaf: number }, into: ColumnBuffer): Promise<void>;
  /** Closes every cursor and gives back what the reader holds of the arena. Only what the footer tells can be asked for from then on. */
  close(): void;
  /**
   * A new cursor at the column's first row, or at the first row of a row group, or over some rows of one.
   *
   * @throws LakeError `invalid` when there is no such column.
   */
  column(name: string, from?: { readonly rowGroup: number } | ColumnRows): ColumnCursor;
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

/** A column of a row group. */
export interface ColumnPlace {
  readonly name: string;
  readonly rowGroup: number;
}

/** Some rows of a column in a row group. */
export interface ColumnRows {
  readonly rowGroup: number;
  /** Ascending and apart, counted from the first row of the row group: the cursor gives these, one after another, and no others. */
  readonly rows: readonly RowRange[];
  /**
   * As {@link ParquetReader.pageLocations} gave them. With them, pages that have none of the rows are not asked of the source. They are
   * held to the headers of pages that are read.
   */
  readonly pages: readonly PageLocation[] | undefined;
}

/** What a reader works with. */
export interface ReaderTools {
  readonly source: ByteSource;
  readonly arena: Arena;
  /** Files up to this size are read once, whole; 1 MiB when left out. */
  readonly wholeBytesMax?: number;
  /** Of a larger file, column chunks up to this size are read at once, and larger ones in steps of it; 512 KiB when left out. */
  readonly windowBytes?: number;
  /**
   * What the footer tells of so many column chunks is held as objects, a quarter of a kilobyte each; of the others it is read again whenever
   * it is asked for. 512 when left out: more than the files of any recorder have.
   */
  readonly chunksKeptMax?: number;
  /** Called when the reader is closed, or could not be opened: the source is not read any more. */
  readonly onClose?: () => void;
}

const WHOLE_BYTES_MAX = 1024 * 1024;

const CHUNKS_KEPT_MAX = 512;

/** Measured: larger steps gain nothing. */
const WINDOW_BYTES = 512 * 1024;

/**
 * Reads and checks the footer; no page is touched. Bytes that the footer does not account for are searched for the end
 * of another file, because two files in one would be read as one of them, or as values of neither. A small file is read
 * whole, once, and served from memory until the reader is closed.
 *
 * @throws LakeError `corrupt` with a code when it is not a parquet file, contradicts itself, or passes a limit.
 */
export async function openParquet(tools: ReaderTools, limits: ParquetLimits): Promise<ParquetReader> {
  const { source, arena, wholeBytesMax = WHOLE_BYTES_MAX, windowBytes = WINDOW_BYTES, onClose } = tools;
  let opened: Opened | undefined;
  let isReleased = false;
  const release = () => {
    if (isReleased) return;
    isReleased = true;
    opened?.release();
    onClose?.();
  };
  try {
    // Of a small file everything is at hand, and there are thousands: only what has to be waited for is.
    const footer = readFooter({ source, arena, limits, wholeBytesMax, windowBytes });
    opened = footer instanceof Promise ? await footer : footer;
    const { meta, dataEnd, file } = opened;
    const fileSchema = buildSchema(meta.schema, limits);
    checkMetadata(meta, { leaves: fileSchema.leaves, dataEnd, limits });
    const search = refuseConcatenation(file.source, { meta, dataEnd, limits });
    if (search !== undefined) await search;
    const found = openCodecs(meta);
    const codecs = found instanceof Promise ? await found : found;
    const context = { file, arena, limits, counts: { read: 0, withCrc: 0 }, codecs };
    forgetChunks(meta.rowGroups, tools.chunksKeptMax ?? CHUNKS_KEPT_MAX);
    return new Reader({ meta, fileSchema, context, release });
  } catch (error) {
    release();
    throw error;
  }
}

/** What a reader is made of. */
interface ReaderSeed {
  readonly meta: FileMeta;
  readonly fileSchema: FileSchema;
  readonly context: PageContext;
  readonly release: () => void;
}

class Reader implements OwnReader {
  readonly schema: Schema;
  readonly rowCount: number;
  readonly createdBy: string | undefined;
  readonly metadata: ReadonlyMap<string, string>;
  readonly pages: ParquetReader['pages'];
  readonly bytes: Uint8Array | undefined;
  private facts: RowGroupFacts[] | undefined;
  private readonly open = new Set<Pick<ColumnCursor, 'close'>>();

  constructor(private readonly seed: ReaderSeed) {
    const { meta, fileSchema, context } = seed;
    this.schema = fileSchema.schema;
    this.rowCount = meta.rowCount;
    this.createdBy = meta.createdBy;
    this.metadata = meta.metadata;
    this.pages = context.counts;
    this.bytes = context.file.whole;
  }

  get [PARTS](): ReaderParts {
    const { context } = this.seed;
    return {
      storedColumn: (name, rowGroup) => this.storedColumn(name, rowGroup),
      hold: (task) => holdChunks(context, task),
    };
  }

  get rowGroups(): readonly RowGroupFacts[] {
    // Most readers never ask, and a spool has thousands of files.
    this.facts ??= rowGroupFacts(this.seed.meta, this.seed.fileSchema);
    return this.facts;
  }

  get codecs(): ReadonlyMap<string, ReadonlySet<string>> {
    return columnCodecs(this.seed.meta, this.seed.fileSchema);
  }

  get leaves(): readonly LeafFacts[] {
    return leafFacts(this.seed.fileSchema);
  }

  pageFacts({
    rowGroup,
    leaf,
  }: {
    readonly rowGroup: number;
    readonly leaf: number;
  }): AsyncGenerator<PageFacts> {
    return readPageFacts(this.seed.context, this.chunkAt(rowGroup, leaf), rowGroup);
  }

  async checkPages(rowGroup: number): Promise<void> {
    const { meta, fileSchema, context } = this.seed;
    const { chunks } = requireGroup(meta, rowGroup);
    const held = await holdChunks(context, { chunks, rowGroup });
    try {
      chunks.forEach((chunk, index) => {
        const leaf = fileSchema.leaves[index] as Leaf;
        walkStoredPages({ held, index, chunk, leaf }, () => undefined);
      });
    } finally {
      held.release();
    }
  }

  async leafValues(
    { rowGroup, leaf: index }: { readonly rowGroup: number; readonly leaf: number },
    into: ColumnBuffer,
  ): Promise<void> {
    const { fileSchema, context } = this.seed;
    const chunk = this.chunkAt(rowGroup, index);
    const leaf = fileSchema.leaves[index] as Leaf;
    await readLeafValues(context, { chunk, leaf, rowGroup }, into);
  }

  minMax(name: string): Bounds | undefined {
    const { meta, fileSchema } = this.seed;
    return fileBounds(meta, fileSchema, this.columnNamed(name));
  }

  async pageLocations(place: ColumnPlace): Promise<readonly PageLocation[] | undefined> {
    const indexed = this.indexedChunk(place);
    return indexed === undefined ? undefined : readPageLocations(this.seed.context, indexed);
  }

  async pageBounds(
    place: ColumnPlace,
    pages: readonly PageLocation[],
  ): Promise<readonly PageBounds[] | undefined> {
    const indexed = this.indexedChunk(place);
    return indexed === undefined ? undefined : readPageBounds(this.seed.context, indexed, pages);
  }

  async mayHold(place: ColumnPlace, values: readonly SoughtValue[]): Promise<boolean> {
    const indexed = this.indexedChunk(place);
    return indexed === undefined || mayHold(this.seed.context, indexed, values);
  }

  column(name: string, from: { readonly rowGroup: number } | ColumnRows = { rowGroup: 0 }): ColumnCursor {
    const { context, meta, fileSchema } = this.seed;
    const { open } = this;
    return openCursor(context, { meta, fileSchema, column: this.columnNamed(name), from, open });
  }

  close(): void {
    for (const cursor of [...this.open]) cursor.close();
    this.seed.release();
  }

  batches(options: Parameters<ParquetReader['batches']>[0]): AsyncGenerator<RecordBatch> {
    return readBatches(this, this.seed.meta, options);
  }

  private storedColumn(name: string, rowGroup: number): StoredChunks {
    const { context, meta, fileSchema } = this.seed;
    const { field, leafStart, leafEnd, shape } = this.columnNamed(name);
    const leaves = fileSchema.leaves.slice(leafStart, leafEnd);
    const group = requireGroup(meta, rowGroup);
    const chunks = leaves.map((_, i) => group.chunk(leafStart + i) as ChunkMeta);
    const leaf = leaves[0] as Leaf;
    const groups = { firstRowGroup: rowGroup, rowGroupEnd: rowGroup + 1 };
    const { open } = this;
    return {
      ...{ field, shape, leaves, chunks },
      hold: () => holdChunks(context, { chunks, rowGroup }),
      openCursor: ({ onPage, context: own = context }) => {
        const rows = flatRows(own, { meta, leaf, leafIndex: leafStart, ...groups, onPage });
        return stickyCursor(context.arena, { type: leaf.type, rows, open });
      },
    };
  }

  private chunkAt(rowGroup: number, leaf: number): ChunkMeta {
    const chunk = this.seed.meta.rowGroups[rowGroup]?.chunk(leaf);
    if (chunk !== undefined) return chunk;
    throw new LakeError('invalid', 'no such row group or leaf', { details: { rowGroup, leaf } });
  }

  /** `undefined` for a nested column: only those of flat ones have a row for each value. */
  private indexedChunk({ name, rowGroup }: ColumnPlace): IndexedChunk | undefined {
    const { meta, fileSchema } = this.seed;
    const { leafStart, shape } = this.columnNamed(name);
    const group = requireGroup(meta, rowGroup);
    if (shape !== undefined) return undefined;
    const [chunk, leaf] = [group.chunk(leafStart) as ChunkMeta, fileSchema.leaves[leafStart] as Leaf];
    return { chunk, leaf, rowGroup, rowCount: group.rowCount };
  }

  private columnNamed(name: string): FileColumn {
    for (const column of this.seed.fileSchema.columns) if (column.field.name === name) return column;
    throw new LakeError('invalid', 'no such column', { details: { column: name } });
  }
}

function requireGroup(meta: FileMeta, rowGroup: number): RowGroupMeta {
  const group = meta.rowGroups[rowGroup];
  if (group !== undefined) return group;
  throw new LakeError('invalid', 'no such row group', { details: { rowGroup } });
}
