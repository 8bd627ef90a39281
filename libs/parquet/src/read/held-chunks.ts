import { createArenaBuffer, type ArenaBuffer } from '@ticklake/columnar';
import type { ChunkMeta } from '../format/metadata.js';
import { chunkStart } from './check-metadata.js';
import type { PageContext } from './page-walk.js';

/** Column chunks of one row group whose bytes are at hand, until they are released. */
export interface HeldChunks {
  /** The bytes of chunks from `first` up to `end`, page headers included, one after another: those of neighbours at once. */
  bytesOf(first: number, end: number): Iterable<Uint8Array>;
  /** Where the bytes of a chunk stand. */
  stretchOf(chunk: number): Stretch;
  /** To read a chunk with, from the bytes at hand. */
  context(chunk: number): PageContext;
  readonly rowGroup: number;
  release(): void;
}

/** Bytes of neighbours. */
export interface Stretch {
  /** In the file. */
  readonly start: number;
  readonly bytes: Uint8Array;
  readonly context: PageContext;
}

/** Reads chunks, neighbours at once. What is read stands in the arena. */
export async function holdChunks(
  context: PageContext,
  { chunks, rowGroup }: { readonly chunks: readonly ChunkMeta[]; readonly rowGroup: number },
): Promise<HeldChunks> {
  const buffers: ArenaBuffer[] = [];
  const release = () => {
    for (const buffer of buffers) buffer.release();
  };
  try {
    const stretchOf: Stretch[] = [];
    for (let first = 0; first < chunks.length; ) {
      const start = startOf(chunks, first);
      let end = start;
      let next = first;
      while (next < chunks.length && startOf(chunks, next) === end) end += sizeOf(chunks, next++);
      const buffer = createArenaBuffer(context.arena);
      buffers.push(buffer);
      const bytes = await read(context, buffer, { start, end });
      const file = { ...context.file, whole: bytes, wholeStart: start };
      const stretch = { start, bytes, context: { ...context, file } };
      for (; first < next; first++) stretchOf.push(stretch);
    }
    return new Held({ chunks, rowGroup, stretchOf, release });
  } catch (failure) {
    release();
    throw failure;
  }
}

async function read(
  { file, arena }: PageContext,
  buffer: ArenaBuffer,
  { start, end }: { readonly start: number; readonly end: number },
): Promise<Uint8Array> {
  if (end === start) return NO_BYTES;
  if (file.whole !== undefined) return file.whole.subarray(start, end);
  const at = buffer.room(end - start);
  return file.source.read(start, end - start, arena.bytes.subarray(at, at + (end - start)));
}

const NO_BYTES = new Uint8Array(0);

/** Where a chunk stands; one without values may be said to stand anywhere. */
function startOf(chunks: readonly ChunkMeta[], index: number): number {
  const chunk = chunks[index] as ChunkMeta;
  return chunk.valueCount === 0 ? 0 : chunkStart(chunk);
}

function sizeOf(chunks: readonly ChunkMeta[], index: number): number {
  const chunk = chunks[index] as ChunkMeta;
  return chunk.valueCount === 0 ? 0 : chunk.sizeBytes;
}

class Held implements HeldChunks {
  readonly rowGroup: number;

  constructor(
    private readonly parts: {
      readonly chunks: readonly ChunkMeta[];
      readonly rowGroup: number;
      readonly stretchOf: readonly Stretch[];
      readonly release: () => void;
    },
  ) {
    this.rowGroup = parts.rowGroup;
  }

  *bytesOf(first: number, end: number): Iterable<Uint8Array> {
    const { chunks } = this.parts;
    for (let chunk = first; chunk < end; ) {
      const { start, bytes } = this.stretchOf(chunk);
      const from = startOf(chunks, chunk);
      let to = from;
      while (chunk < end && startOf(chunks, chunk) === to) to += sizeOf(chunks, chunk++);
      yield bytes.subarray(from - start, to - start);
    }
  }

  stretchOf(chunk: number): Stretch {
    return this.parts.stretchOf[chunk] as Stretch;
  }

  context(chunk: number): PageContext {
    return this.stretchOf(chunk).context;
  }

  release(): void {
    this.parts.release();
  }
}
