import type { Arena, ArenaBuffer } from '@ticklake/columnar';
import type { Address } from '@ticklake/kernels';
import type { PlannedFilter } from './bloom-filter.js';
import { joinBounds, type Bounds } from './bounds.js';
import { createByteBuffer, viewBytes } from './byte-buffer.js';
import type { ChunkNotes } from './encoded-chunk.js';
import type { Leaf } from './leaf.js';
import { putColumnIndex } from './page-index.js';
import type { PageWriter } from './page-writer.js';
import { putStatistics } from './statistics.js';

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
  readonly filter: PlannedFilter | undefined;
}

/** Numbers of 32 bits that say where a page is. */
const PAGE_NUMBERS = 3;

/**
 * Puts it behind the chunk's pages as the bytes it will be. As objects, which wait until the chunk is written and go from thread to
 * thread, it was most of what outlived the step that made it.
 */
export function putNotes(arena: Arena, writer: PageWriter, values: ChunkValues): ChunkNotes {
  const { leaf, pages, filter } = values;
  scratch.length = 0;
  // Of nested leaves nothing is said of values.
  const isFlat = leaf.path.length === 1;
  if (isFlat) putStatistics(scratch, { bounds: allBounds(values), nullCount: values.nullCount });
  const statisticsSizeBytes = scratch.length;
  if (isFlat && values.pageBounds) putColumnIndex(scratch, leaf, pages);
  const tableSize = pages.length * PAGE_NUMBERS * 4;
  const filterOffset = tableSize + scratch.length;
  const bloomFilterSizeBytes = filter?.sizeBytes ?? 0;
  const at = writer.behind(filterOffset + bloomFilterSizeBytes);
  putTable(arena, at, pages);
  arena.put(viewBytes(scratch), at + tableSize);
  filter?.put(at + filterOffset);
  const columnIndexSizeBytes = scratch.length - statisticsSizeBytes;
  return { at, pageCount: pages.length, statisticsSizeBytes, columnIndexSizeBytes, bloomFilterSizeBytes };
}

/** Written over by the next. */
const scratch = createByteBuffer(1024);

/** Notes of chunks of whose values nothing is said, in one block of their own: of each where its pages are. */
export function putPageTables(
  arena: Arena,
  block: ArenaBuffer,
  chunks: readonly (readonly PagePlace[])[],
): readonly ChunkNotes[] {
  const pageCount = chunks.reduce((sum, pages) => sum + pages.length, 0);
  let at = block.room(Math.max(pageCount * PAGE_NUMBERS * 4, 1));
  return chunks.map((pages) => {
    const none = { statisticsSizeBytes: 0, columnIndexSizeBytes: 0, bloomFilterSizeBytes: 0 };
    const notes = { at, pageCount: pages.length, ...none };
    at += putTable(arena, at, pages);
    return notes;
  });
}

type PagePlace = Pick<EncodedPage, 'offset' | 'sizeBytes' | 'rowStart'>;

/** Returns how many bytes it takes. */
function putTable(arena: Arena, at: Address, pages: readonly PagePlace[]): number {
  const table = arena.view(Uint32Array, at, pages.length * PAGE_NUMBERS);
  let next = 0;
  for (const { offset, sizeBytes, rowStart } of pages) {
    table[next++] = offset;
    table[next++] = sizeBytes;
    table[next++] = rowStart;
  }
  return table.byteLength;
}

function allBounds({ leaf, pages, bounds, pageBounds }: ChunkValues): Bounds | undefined {
  return pageBounds
    ? joinBounds(
        leaf,
        pages.map((page) => page.bounds),
      )
    : bounds;
}

/** Notes as they stand in the arena. */
export interface ReadNotes {
  readonly pageCount: number;
  /** Of a page, within the chunk. */
  offset(page: number): number;
  sizeBytes(page: number): number;
  /** Within the row group. */
  rowStart(page: number): number;
  /** `undefined`: there are none. Likewise the column index. */
  readonly statistics: Uint8Array | undefined;
  readonly columnIndex: Uint8Array | undefined;
}

/** Where the bloom filter stands that is among them: behind all else. */
export function bloomFilterAt({
  at,
  pageCount,
  statisticsSizeBytes,
  columnIndexSizeBytes,
}: ChunkNotes): Address {
  return at + pageCount * PAGE_NUMBERS * 4 + statisticsSizeBytes + columnIndexSizeBytes;
}

/** Reads them; what it returns holds as long as they do. */
export function readNotes(arena: Arena, notes: ChunkNotes): ReadNotes {
  return new Notes(arena, notes);
}

class Notes implements ReadNotes {
  readonly pageCount: number;
  private readonly table: Uint32Array;

  constructor(
    private readonly arena: Arena,
    private readonly notes: ChunkNotes,
  ) {
    this.pageCount = notes.pageCount;
    this.table = arena.view(Uint32Array, notes.at, notes.pageCount * PAGE_NUMBERS);
  }

  get statistics(): Uint8Array | undefined {
    return this.part(this.statisticsAt, this.notes.statisticsSizeBytes);
  }

  get columnIndex(): Uint8Array | undefined {
    const { statisticsSizeBytes, columnIndexSizeBytes } = this.notes;
    return this.part(this.statisticsAt + statisticsSizeBytes, columnIndexSizeBytes);
  }

  offset(page: number): number {
    return this.table[page * PAGE_NUMBERS] as number;
  }

  sizeBytes(page: number): number {
    return this.table[page * PAGE_NUMBERS + 1] as number;
  }

  rowStart(page: number): number {
    return this.table[page * PAGE_NUMBERS + 2] as number;
  }

  private get statisticsAt(): Address {
    return this.notes.at + this.table.byteLength;
  }

  private part(start: Address, size: number): Uint8Array | undefined {
    return size === 0 ? undefined : this.arena.view(Uint8Array, start, size);
  }
}
