import { createArenaBuffer, type ArenaBuffer } from '@ticklake/columnar';
import type { ChunkMeta } from '../format/metadata.js';
import { chunkStart } from './check-metadata.js';
import { openPageWalk, type PageContext, type PageWalk } from './page-walk.js';

/** Column chunks of one row group whose bytes are at hand, until they are released. */
export interface HeldChunks {
  /** The bytes of a chunk, page headers included. */
  bytes(chunk: number): Uint8Array;
  /** To read a chunk with, from the bytes at hand. */
  context(chunk: number): PageContext;
  /** The pages of a chunk; `next` never waits. */
  walk(chunk: number): PageWalk;
  release(): void;
}

/** Bytes of neighbours. */
interface Stretch {
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
  constructor(
    private readonly parts: {
      readonly chunks: readonly ChunkMeta[];
      readonly rowGroup: number;
      readonly stretchOf: readonly Stretch[];
      readonly release: () => void;
    },
  ) {}

  bytes(chunk: number): Uint8Array {
    const { chunks, stretchOf } = this.parts;
    const { start, bytes } = stretchOf[chunk] as Stretch;
    const at = startOf(chunks, chunk) - start;
    return bytes.subarray(at, at + sizeOf(chunks, chunk));
  }

  context(chunk: number): PageContext {
    return (this.parts.stretchOf[chunk] as Stretch).context;
  }

  walk(chunk: number): PageWalk {
    const { chunks, rowGroup } = this.parts;
    return openPageWalk(this.context(chunk), { chunk: chunks[chunk] as ChunkMeta, rowGroup });
  }

  release(): void {
    this.parts.release();
  }
}
