import { createArenaBuffer, type Arena, type ArenaBuffer } from '@ticklake/columnar';
import {
  encodeChunkMetadata,
  encodeOffsetIndex,
  withBloomFilter,
  type ChunkPlace,
} from './chunk-metadata.js';
import { readNotes } from './chunk-notes.js';
import type { EncodedChunk } from './encoded-chunk.js';
import type { ThriftWriter } from './thrift-writer.js';

/** What a footer will say of the row groups that have been written. */
export interface FooterFacts {
  readonly rowCount: number;
  readonly rowGroupCount: number;
  /** Adds a chunk to the row group that is being written; holds on to nothing of it. */
  addChunk(chunk: EncodedChunk, place: ChunkPlace): void;
  /** The row group has all its chunks, and behind them, where it has some, bloom filters. */
  endRowGroup(rowCount: number, filters?: FilterPlaces): void;
  /** The page indexes: those that tell what pages hold, then those that tell where they are, in views that hold until the next is asked for. */
  indexes(): Iterable<Uint8Array>;
  /** About how many bytes {@link FooterFacts.writeRowGroups} writes, rather more than less. */
  readonly rowGroupsSizeBytes: number;
  /** Writes field `id` of a file's metadata, the list of row groups; `indexesAt` is where the first index stands. */
  writeRowGroups(writer: ThriftWriter, id: number, indexesAt: number): void;
  /** Gives its memory back. */
  release(): void;
}

/** Where the bloom filters of a row group stand, one after another. */
export interface FilterPlaces {
  /** Of the first. */
  readonly offset: number;
  /** By chunk; none where a chunk has no filter. */
  readonly sizes: readonly (number | undefined)[];
}

/** Nothing written yet. `sortingLeaves`: columns that rows are sorted by, the first first. */
export function createFooterFacts(arena: Arena, sortingLeaves: readonly number[]): FooterFacts {
  return new Facts(arena, sortingLeaves);
}

/** Of what a footer says of a chunk beside its metadata, and of a row group beside its chunks: more than it mostly takes. */
const CHUNK_BYTES = 32;
const ROW_GROUP_BYTES = 64;

/**
 * Everything that can be said already is kept as the bytes it will be, in the arena, where whoever reads the file back finds their place
 * free. As objects, what is known of every page took more memory at the end of a long file than all work on its rows.
 */
class Facts implements FooterFacts {
  rowCount = 0;
  private readonly groups: GroupFacts[] = [];
  private chunkCount = 0;
  /** Of every chunk its metadata and its indexes, and how many bytes of those are its own. */
  private readonly metadata: Log;
  private readonly columnIndexes: Log;
  private readonly offsetIndexes: Log;
  private offset: number | undefined;
  private sizeBytes = 0;
  private uncompressedSizeBytes = 0;

  constructor(
    private readonly arena: Arena,
    private readonly sortingLeaves: readonly number[],
  ) {
    this.metadata = new Log(arena);
    this.columnIndexes = new Log(arena);
    this.offsetIndexes = new Log(arena);
  }

  get rowGroupCount(): number {
    return this.groups.length;
  }

  get rowGroupsSizeBytes(): number {
    const { groups, metadata } = this;
    return metadata.sizeBytes + metadata.sizes.length * CHUNK_BYTES + groups.length * ROW_GROUP_BYTES;
  }

  addChunk(chunk: EncodedChunk, place: ChunkPlace): void {
    if (this.chunkCount === 0) this.offset = place.offset;
    this.sizeBytes += chunk.sizeBytes;
    this.uncompressedSizeBytes += chunk.uncompressedSizeBytes;
    this.chunkCount++;
    const notes = readNotes(this.arena, chunk.notes);
    // Notes are views of the arena, which may grow with every piece.
    const columnIndex = notes.columnIndex?.slice();
    this.metadata.append(encodeChunkMetadata(chunk, place, notes.statistics));
    this.offsetIndexes.append(encodeOffsetIndex(notes, place.offset));
    this.columnIndexes.append(columnIndex);
  }

  endRowGroup(rowCount: number, filters?: FilterPlaces): void {
    const { chunkCount, offset, sizeBytes, uncompressedSizeBytes } = this;
    this.groups.push({ rowCount, chunkCount, offset, sizeBytes, uncompressedSizeBytes, filters });
    this.rowCount += rowCount;
    this.chunkCount = 0;
    this.offset = undefined;
    this.sizeBytes = 0;
    this.uncompressedSizeBytes = 0;
  }

  *indexes(): Iterable<Uint8Array> {
    yield* this.columnIndexes.views();
    yield* this.offsetIndexes.views();
  }

  writeRowGroups(writer: ThriftWriter, id: number, indexesAt: number): void {
    const { groups, sortingLeaves } = this;
    const metadata = this.metadata.readPieces();
    const columnIndexes = this.columnIndexes.readPlaces(indexesAt);
    const offsetIndexes = this.offsetIndexes.readPlaces(indexesAt + this.columnIndexes.sizeBytes);
    writer.list(id, 'struct', groups.length, (i) => {
      const { rowCount, chunkCount, offset, sizeBytes, uncompressedSizeBytes, filters } = groups[
        i
      ] as GroupFacts;
      let filterOffset = filters?.offset ?? 0;
      writer.list(1, 'struct', chunkCount, (chunk) => {
        const [columnIndex, offsetIndex] = [columnIndexes(), offsetIndexes()];
        writer.i64(2, 0);
        const filterSize = filters?.sizes[chunk];
        if (filterSize === undefined) writer.encoded(3, metadata());
        else {
          writer.encoded(3, withBloomFilter(metadata(), { offset: filterOffset, sizeBytes: filterSize }));
          filterOffset += filterSize;
        }
        writer.i64(4, offsetIndex.offset);
        writer.i32(5, offsetIndex.sizeBytes);
        if (columnIndex.sizeBytes === 0) return;
        writer.i64(6, columnIndex.offset);
        writer.i32(7, columnIndex.sizeBytes);
      });
      writer.i64(2, uncompressedSizeBytes);
      writer.i64(3, rowCount);
      if (sortingLeaves.length > 0) writeSorting(writer, sortingLeaves);
      writer.i64(5, offset);
      writer.i64(6, sizeBytes);
    });
  }

  release(): void {
    for (const log of [this.metadata, this.columnIndexes, this.offsetIndexes]) log.release();
  }
}

interface GroupFacts {
  readonly rowCount: number;
  readonly chunkCount: number;
  /** Of the first chunk. */
  readonly offset: number | undefined;
  readonly sizeBytes: number;
  readonly uncompressedSizeBytes: number;
  readonly filters: FilterPlaces | undefined;
}

/** Of the first block of a log, and the most of one that has more than a piece; each is twice as large as the one before. */
const BLOCK_BYTES_MIN = 4 * 1024;
const BLOCK_BYTES_MAX = 64 * 1024;

/** Whole pieces, one after another. */
interface LogBlock {
  readonly held: ArenaBuffer;
  readonly capacityBytes: number;
  sizeBytes: number;
}

/**
 * Pieces of bytes, one after another, and how long each is. In blocks that find their place among those of a merge: one that grows has to be
 * moved, to where there is room for it twice.
 */
class Log {
  readonly sizes: number[] = [];
  sizeBytes = 0;
  private readonly blocks: LogBlock[] = [];

  constructor(private readonly arena: Arena) {}

  /** Nothing is a piece without bytes. */
  append(piece: Uint8Array | undefined): void {
    const length = piece?.length ?? 0;
    if (piece !== undefined) {
      const block = this.blockFor(length);
      // No piece stands in the arena, which `put` would look into.
      this.arena.bytes.set(piece, block.held.address + block.sizeBytes);
      block.sizeBytes += length;
    }
    this.sizes.push(length);
    this.sizeBytes += length;
  }

  /** All pieces, in as many views as there are blocks, each until the arena grows. */
  *views(): Iterable<Uint8Array> {
    for (const { held, sizeBytes } of this.blocks) yield this.view(held.address, sizeBytes);
  }

  /** Gives the next piece that has bytes, until the arena grows. */
  readPieces(): () => Uint8Array {
    const sizes = this.sizes.filter((size) => size > 0).values();
    const blocks = this.blocks.values();
    let block: LogBlock | undefined;
    let offset = 0;
    return () => {
      const sizeBytes = sizes.next().value as number;
      if (block === undefined || offset === block.sizeBytes) {
        block = blocks.next().value as LogBlock;
        offset = 0;
      }
      offset += sizeBytes;
      return this.view(block.held.address + offset - sizeBytes, sizeBytes);
    };
  }

  /** Gives where the next piece stands, and its size, when the first stands at `start` and all follow one another. */
  readPlaces(start: number): () => { offset: number; sizeBytes: number } {
    let piece = 0;
    let offset = start;
    return () => {
      const sizeBytes = this.sizes[piece++] as number;
      offset += sizeBytes;
      return { offset: offset - sizeBytes, sizeBytes };
    };
  }

  release(): void {
    for (const { held } of this.blocks) held.release();
    this.blocks.length = 0;
  }

  private blockFor(length: number): LogBlock {
    const last = this.blocks.at(-1);
    if (last !== undefined && last.sizeBytes + length <= last.capacityBytes) return last;
    const usual = last === undefined ? BLOCK_BYTES_MIN : Math.min(last.capacityBytes * 2, BLOCK_BYTES_MAX);
    const capacityBytes = Math.max(usual, length);
    const held = createArenaBuffer(this.arena);
    held.room(capacityBytes);
    const block = { held, capacityBytes, sizeBytes: 0 };
    this.blocks.push(block);
    return block;
  }

  private view(address: number, sizeBytes: number): Uint8Array {
    return this.arena.bytes.subarray(address, address + sizeBytes);
  }
}

function writeSorting(writer: ThriftWriter, sortingLeaves: readonly number[]): void {
  writer.list(4, 'struct', sortingLeaves.length, (i) => {
    writer.i32(1, sortingLeaves[i]);
    writer.bool(2, false);
    writer.bool(3, false);
  });
}
