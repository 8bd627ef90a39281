import type { Address } from '@ticklake/kernels';

/**
 * One column of one row group, ready to be written: its pages, and behind them what a footer will say of them, stand in the arena until
 * whoever made them is next used. Plain numbers, which cost little to post to another thread that shares the arena.
 */
export interface EncodedChunk {
  readonly at: Address;
  /** Of all pages. */
  readonly sizeBytes: number;
  /** Whether its pages are; not where its column's codec is none, or was given up for it. */
  readonly isCompressed: boolean;
  readonly slotCount: number;
  /** Of the dictionary page, header included; 0 without one. */
  readonly dictionarySizeBytes: number;
  /** With headers, before compression. */
  readonly uncompressedSizeBytes: number;
  /** The dictionary page first, if there is one. */
  readonly kinds: readonly PageKindCount[];
  readonly notes: ChunkNotes;
}

/** How many pages of a chunk are of a kind; numbers as in the file. */
export interface PageKindCount {
  readonly type: number;
  readonly encoding: number;
  readonly count: number;
}

/** What a footer will say of a chunk's values and pages, see `chunk-notes.ts`: one part after another. */
export interface ChunkNotes {
  readonly at: Address;
  /** Of data pages, each with three numbers of 32 bits: place within the chunk, size, first row within the row group. */
  readonly pageCount: number;
  /** Statistics as they will stand in the file; 0: there are none. */
  readonly statisticsSizeBytes: number;
  /** The column index likewise. */
  readonly columnIndexSizeBytes: number;
  /** The bloom filter likewise. */
  readonly bloomFilterSizeBytes: number;
}
