import type { Address } from '@ticklake/kernels';
import type { Bounds } from './bounds.js';

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

/** How many pages of a chunk are of a kind; numbers as in the file. */
export interface PageKindCount {
  readonly type: number;
  readonly encoding: number;
  readonly count: number;
}

/**
 * One column of one row group, ready to be written: its pages, which stand in the arena until whoever made them is next used, and what
 * the footer will say of them. Plain data, which can be posted to another thread that shares the arena.
 */
export interface EncodedChunk {
  readonly at: Address;
  readonly sizeBytes: number;
  readonly slotCount: number;
  readonly nullCount: number;
  /** Of the dictionary page, header included; 0 without one. */
  readonly dictionarySizeBytes: number;
  /** With headers, before compression. */
  readonly uncompressedSizeBytes: number;
  /** The dictionary page first, if there is one. */
  readonly kinds: readonly PageKindCount[];
  readonly bounds: Bounds | undefined;
  readonly pages: readonly EncodedPage[];
}
