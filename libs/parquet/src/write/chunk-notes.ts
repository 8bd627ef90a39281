import type { Arena } from '@ticklake/columnar';
import { joinBounds, type Bounds } from './bounds.js';
import type { ChunkNotes } from './encoded-chunk.js';
import type { Leaf } from './leaf.js';
import { encodeColumnIndex } from './page-index.js';
import type { PageWriter } from './page-writer.js';
import { writeStatistics } from './statistics.js';
import { encodeThrift } from './thrift-writer.js';

/** One data page as the page index describes it. */
export interface EncodedPage {
  /** From the start of the chunk. */
  readonly offset: number;
  /** Header included. */
  readonly sizeBytes: number;
  /** Within the row group. */
  readonly rowStart: number;
  readonly slotCount: number;
  readonly nullCount: number;
  /** Absent where no present value is, or page bounds were not asked for. */
  readonly bounds: Bounds | undefined;
}

/** What is known of a chunk's values. */
export interface ChunkValues {
  readonly leaf: Leaf;
  readonly pages: readonly EncodedPage[];
  readonly nullCount: number;
  /** Of all values, where pages have no bounds of their own. */
  readonly bounds: Bounds | undefined;
  /** Whether pages have them. */
  readonly pageBounds: boolean;
}

/** Numbers of 32 bits that say where a page is. */
const PAGE_NUMBERS = 3;

/**
 * Puts it behind the chunk's pages as the bytes it will be. As objects, which wait until the chunk is written and go from thread to
 * thread, it was most of what outlived the step that made it.
 */
export function putNotes(arena: Arena, writer: PageWriter, values: ChunkValues): ChunkNotes {
  const { leaf, pages } = values;
  // Of nested leaves nothing is said of values.
  const isFlat = leaf.path.length === 1;
  const statistics = isFlat ? encodeStatistics(values) : NOTHING;
  const columnIndex = (isFlat && values.pageBounds ? encodeColumnIndex(leaf, pages) : undefined) ?? NOTHING;
  const tableSize = pages.length * PAGE_NUMBERS * 4;
  const at = writer.behind(tableSize + statistics.length + columnIndex.length);
  const table = arena.view(Uint32Array, at, pages.length * PAGE_NUMBERS);
  pages.forEach(({ offset, sizeBytes, rowStart }, i) => {
    table.set([offset, sizeBytes, rowStart], i * PAGE_NUMBERS);
  });
  arena.put(statistics, at + tableSize);
  arena.put(columnIndex, at + tableSize + statistics.length);
  return {
    at,
    pageCount: pages.length,
    statisticsSizeBytes: statistics.length,
    columnIndexSizeBytes: columnIndex.length,
  };
}

const NOTHING = new Uint8Array(0);

function encodeStatistics({ leaf, pages, nullCount, bounds, pageBounds }: ChunkValues): Uint8Array {
  const all = pageBounds
    ? joinBounds(
        leaf,
        pages.map((page) => page.bounds),
      )
    : bounds;
  return encodeThrift((writer) => writeStatistics(writer, { bounds: all, nullCount }));
}

/** Notes as they stand in the arena. */
export interface ReadNotes {
  readonly pageCount: number;
  page(index: number): { readonly offset: number; readonly sizeBytes: number; readonly rowStart: number };
  /** `undefined`: there are none. Likewise the column index. */
  readonly statistics: Uint8Array | undefined;
  readonly columnIndex: Uint8Array | undefined;
}

/** Reads them; what it returns holds as long as they do. */
export function readNotes(arena: Arena, notes: ChunkNotes): ReadNotes {
  const { at, pageCount, statisticsSizeBytes, columnIndexSizeBytes } = notes;
  const table = arena.view(Uint32Array, at, pageCount * PAGE_NUMBERS);
  const number = (index: number) => table[index] as number;
  const part = (start: number, size: number) =>
    size === 0 ? undefined : arena.view(Uint8Array, start, size);
  const statisticsAt = at + table.byteLength;
  return {
    pageCount,
    page(index) {
      const first = index * PAGE_NUMBERS;
      return { offset: number(first), sizeBytes: number(first + 1), rowStart: number(first + 2) };
    },
    statistics: part(statisticsAt, statisticsSizeBytes),
    columnIndex: part(statisticsAt + statisticsSizeBytes, columnIndexSizeBytes),
  };
}
