import { createArenaBuffer, type Arena, type ArenaBuffer } from '@ticklake/columnar';
import type { Address } from '@ticklake/kernels';
import { bloomFilterAt } from './chunk-notes.js';
import type { ChunkNotes } from './encoded-chunk.js';

/**
 * The bloom filters of a row group, until they can stand behind it: a chunk's own memory may be used by the next one. Behind all row groups,
 * as some have it, they would have to be held until a file ends, and grow with it.
 */
export interface RowGroupFilters {
  /** Takes that of the next chunk, if it has one. */
  add(notes: ChunkNotes): void;
  /** Where they stand, one after another, and the size of each; `undefined` where no chunk has one. They are forgotten with the next one. */
  take(): HeldFilters | undefined;
  /** Gives its memory back. */
  release(): void;
}

/** Filters in the arena. */
export interface HeldFilters {
  readonly at: Address;
  readonly sizeBytes: number;
  /** By chunk; none where a chunk has no filter. */
  readonly sizes: readonly (number | undefined)[];
}

/** Holds nothing yet. */
export function createRowGroupFilters(arena: Arena): RowGroupFilters {
  return new Filters(arena);
}

class Filters implements RowGroupFilters {
  private readonly held: ArenaBuffer;
  private sizes: (number | undefined)[] = [];
  private sizeBytes = 0;
  private chunkCount = 0;

  constructor(private readonly arena: Arena) {
    this.held = createArenaBuffer(arena);
  }

  add(notes: ChunkNotes): void {
    const { bloomFilterSizeBytes: size } = notes;
    const chunk = this.chunkCount++;
    if (size === 0) return;
    this.sizes[chunk] = size;
    const at = this.held.grow(this.sizeBytes + size, this.sizeBytes);
    this.arena.move(bloomFilterAt(notes), at + this.sizeBytes, size);
    this.sizeBytes += size;
  }

  take(): HeldFilters | undefined {
    const { sizes, sizeBytes, held } = this;
    this.chunkCount = 0;
    if (sizeBytes === 0) return undefined;
    this.sizes = [];
    this.sizeBytes = 0;
    return { at: held.address, sizeBytes, sizes };
  }

  release(): void {
    this.held.release();
  }
}
