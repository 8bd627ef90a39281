import { createArenaBuffer, type Arena, type ArenaBuffer } from '@ticklake/columnar';
import { planBloomFilter } from './bloom-filter.js';
import { boundsOf } from './bounds.js';
import { putNotes, putPageTables, type EncodedPage } from './chunk-notes.js';
import { createEncodingChooser } from './choose-encoding.js';
import type { UnreadPages } from './copy-unread-pages.js';
import type { ColumnStoredAs } from './column-options.js';
import { createDensifier, type Densifier } from './dense-column.js';
import type { DenseValues } from './dense-values.js';
import type { ChunkNotes, EncodedChunk, PageKindCount } from './encoded-chunk.js';
import type { Leaf } from './leaf.js';
import type { LeafRows } from './leaf-rows.js';
import { placeLevels } from './page-levels.js';
import { planPages } from './page-plan.js';
import type { PageWriter } from './page-writer.js';
import { putPages } from './put-pages.js';

/** What {@link createChunkEncoder} needs to know. */
export interface ChunkOptions {
  readonly pageRows: number;
}

/** How one chunk is made. */
export interface ChunkTask {
  /** Takes the pages. */
  readonly writer: PageWriter;
  /** Whether every page's bounds are wanted too. */
  readonly pageBounds: boolean;
  /** `undefined`: no filter is wanted. */
  readonly bloomFilter?: ColumnStoredAs['bloomFilter'];
}

/** Encodes row groups of leaves, one after the other, in memory that it keeps. */
export interface ChunkEncoder {
  encode(
    rows: LeafRows,
    task: ChunkTask & Pick<ColumnStoredAs, 'dictionaryBytesMax' | 'codecSavesMin'>,
  ): EncodedChunk;
  /** The chunk of rows whose pages were copied to the writer already. */
  adopt(rows: LeafRows, copied: CopiedPages, task: ChunkTask): EncodedChunk;
  /** The chunks of a nested column whose pages were copied to a writer, and whose rows nobody has seen. */
  adoptUnread(copied: readonly UnreadPages[], place: UnreadPlace): readonly EncodedChunk[];
  release(): void;
}

/** Where chunks of a nested column stand. */
export interface UnreadPlace {
  readonly writer: PageWriter;
  /** Takes what a footer will say of their pages. */
  readonly notes: ArenaBuffer;
}

/** Data pages that stand in a writer. */
export interface CopiedPages {
  readonly dictionarySizeBytes: number;
  /** Of the dictionary, where every page goes by it. */
  readonly entryCount: number | undefined;
  readonly kinds: readonly PageKindCount[];
  readonly pages: readonly Omit<EncodedPage, 'bounds'>[];
}

/** An encoder. */
export function createChunkEncoder(arena: Arena, options: ChunkOptions): ChunkEncoder {
  const chooser = createEncodingChooser(arena);
  const densifiers = new Map<Leaf, Densifier>();
  const levelsHeld = createArenaBuffer(arena);
  const densify = ({ leaf, column }: LeafRows): DenseValues => {
    let densifier = densifiers.get(leaf);
    if (densifier === undefined) densifiers.set(leaf, (densifier = createDensifier(arena, leaf)));
    return densifier.densify(column);
  };
  /** What is said of a chunk's values, whichever way its pages were made. */
  const describe = (
    { leaf, slotCount }: LeafRows,
    { writer, pageBounds, bloomFilter }: ChunkTask,
    { values, distinct, copied }: PutChunk,
  ): EncodedChunk => {
    const isFlat = leaf.path.length === 1;
    let valueStart = 0;
    const pages = copied.pages.map((page): EncodedPage => {
      const { offset, sizeBytes, rowStart } = page;
      const range = { start: valueStart, end: valueStart + page.slotCount - page.nullCount };
      valueStart = range.end;
      const ownBounds = isFlat && pageBounds ? boundsOf(arena, leaf, values, range) : undefined;
      return {
        offset,
        sizeBytes,
        rowStart,
        slotCount: page.slotCount,
        nullCount: page.nullCount,
        bounds: ownBounds,
      };
    });
    const nullCount = slotCount - values.count;
    const bounds =
      isFlat && !pageBounds ? boundsOf(arena, leaf, values, { start: 0, end: values.count }) : undefined;
    const distinctMax = Math.min(values.count, copied.entryCount ?? Infinity);
    const filter =
      bloomFilter && planBloomFilter(arena, bloomFilter, { leaf, values: distinct, distinctMax });
    // They may move the pages.
    const notes = putNotes(arena, writer, { leaf, pages, nullCount, bounds, pageBounds, filter });
    return chunkOf(writer, slotCount, copied, notes);
  };
  return {
    encode(rows, task) {
      const { writer } = task;
      const values = densify(rows);
      const encoding = chooser.choose(rows.leaf, values, task);
      const levels = placeLevels(arena, levelsHeld, rows);
      const ranges = planPages(arena, {
        ...{ rows, levels, encoding },
        ...{ valueCount: values.count, pageRows: options.pageRows },
      });
      const copied = putPages(arena, writer, { levels, encoding, ranges, codecSavesMin: task.codecSavesMin });
      return describe(rows, task, { values, distinct: encoding.dictionary?.entries ?? values, copied });
    },
    adopt(rows, copied, task) {
      const values = densify(rows);
      return describe(rows, task, { values, distinct: values, copied });
    },
    adoptUnread: (copied, place) => unreadChunks(arena, copied, place),
    release() {
      for (const one of [chooser, levelsHeld, ...densifiers.values()]) one.release();
    },
  };
}

/** A chunk whose pages stand in a writer. */
interface PutChunk {
  readonly values: DenseValues;
  /** The same values, each at least once. */
  readonly distinct: DenseValues;
  readonly copied: CopiedPages;
}

/** Numbers of pages of all leaves stand in one block: chunks stand side by side, and are written at once. */
function unreadChunks(
  arena: Arena,
  copied: readonly UnreadPages[],
  { writer, notes }: UnreadPlace,
): readonly EncodedChunk[] {
  const { at } = writer.place();
  const tables = putPageTables(
    arena,
    notes,
    copied.map(({ pages }) => pages),
  );
  return copied.map(({ start, sizeBytes, pages, kinds, dictionarySizeBytes, uncompressedSizeBytes }, i) => ({
    at: at + start,
    sizeBytes,
    isCompressed: true,
    slotCount: pages.reduce((sum, page) => sum + page.slotCount, 0),
    dictionarySizeBytes,
    uncompressedSizeBytes,
    kinds,
    notes: tables[i] as ChunkNotes,
  }));
}

function chunkOf(
  writer: PageWriter,
  slotCount: number,
  { dictionarySizeBytes, kinds }: CopiedPages,
  notes: ChunkNotes,
): EncodedChunk {
  const { isCompressed, uncompressedSizeBytes } = writer;
  const { at, sizeBytes } = writer.place();
  return {
    ...{ at, sizeBytes, isCompressed, slotCount },
    ...{ dictionarySizeBytes, uncompressedSizeBytes, kinds, notes },
  };
}
