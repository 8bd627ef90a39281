import { createArenaBuffer, type Arena, type ArenaBuffer } from '@ticklake/columnar';
import type { ByteSource } from '@ticklake/core';

/** Bytes of a stretch of a file that are at hand, so that most reads need not wait. */
export interface ByteWindow {
  /** Byte `at` of the file is byte `at - start` of these. */
  readonly bytes: Uint8Array;
  readonly start: number;
  /** Whether `length` bytes from `offset` are at hand, or as many as the stretch has. */
  covers(offset: number, length: number): boolean;
  /** Puts them at hand, and what follows up to `until`, as far as a window goes; what was at hand before is let go. */
  load(offset: number, length: number, until?: number): Promise<void>;
  /** Lets go of what is at hand. It can be loaded again. */
  release(): void;
}

/** Where the bytes of an open file come from. */
export interface FileBytes {
  readonly source: ByteSource;
  /** All of them, where the file is small enough to have been read at once; or those of the stretch that is asked for. */
  readonly whole: Uint8Array | undefined;
  /** Where {@link FileBytes.whole} starts in the file; 0 when left out. */
  readonly wholeStart?: number;
  /** Chunks up to this size are read at once, larger ones in steps of it. */
  readonly windowBytes: number;
}

/** A window on the stretch that ends at `end`. What it reads stands in the arena. */
export function openByteWindow(
  arena: Arena,
  { source, whole, wholeStart = 0, windowBytes }: FileBytes,
  end: number,
): ByteWindow {
  return whole === undefined
    ? new ReadWindow(arena, { source, windowBytes, end })
    : new WholeWindow(whole, wholeStart);
}

/** All bytes are at hand. */
class WholeWindow implements ByteWindow {
  constructor(
    readonly bytes: Uint8Array,
    readonly start: number,
  ) {}

  covers(): boolean {
    return true;
  }

  load(): Promise<void> {
    return Promise.resolve();
  }

  release(): void {
    // They belong to the reader.
  }
}

class ReadWindow implements ByteWindow {
  bytes: Uint8Array = NO_BYTES;
  start = 0;
  private readonly held: ArenaBuffer;
  private isLoading = false;
  private isReleased = false;

  constructor(
    private readonly arena: Arena,
    private readonly place: {
      readonly source: ByteSource;
      readonly windowBytes: number;
      readonly end: number;
    },
  ) {
    this.held = createArenaBuffer(arena);
  }

  covers(offset: number, length: number): boolean {
    const until = Math.min(offset + length, this.place.end);
    return offset >= this.start && until <= this.start + this.bytes.length;
  }

  async load(offset: number, length: number, until = this.place.end): Promise<void> {
    const { source, windowBytes } = this.place;
    const size = Math.min(Math.max(length, windowBytes), until - offset);
    const at = this.held.room(size);
    this.isLoading = true;
    this.isReleased = false;
    try {
      this.bytes = await source.read(offset, size, this.arena.bytes.subarray(at, at + size));
      this.start = offset;
    } finally {
      this.isLoading = false;
      if (this.isReleased) this.release();
    }
  }

  release(): void {
    this.isReleased = true;
    // The source may still write to what it was given.
    if (this.isLoading) return;
    this.bytes = NO_BYTES;
    this.held.release();
  }
}

const NO_BYTES = new Uint8Array(0);
