import type { Address } from '@ticklake/kernels';
import type { Arena } from './arena.js';

/** A block of an arena that is replaced by a larger one when it has to be. */
export interface ArenaBuffer {
  /** Where it stands now; another place after {@link ArenaBuffer.room} or {@link ArenaBuffer.grow} had to move it. */
  readonly address: Address;
  /** Room for `sizeBytes`; what was there may be lost. Returns where it stands. */
  room(sizeBytes: number): Address;
  /**
   * Room for `sizeBytes`; the first `keepBytes` stay. Returns where it stands.
   *
   * @param mostBytes - More will not be asked for: what is there for later growth ends with it.
   */
  grow(sizeBytes: number, keepBytes: number, mostBytes?: number): Address;
  /** Gives the block back; the buffer is empty, and may be used again. */
  release(): void;
}

/** An empty buffer. */
export function createArenaBuffer(arena: Arena): ArenaBuffer {
  return new GrowingBlock(arena);
}

/** A class, as everything of which there are thousands: an object with accessors of its own costs a microsecond. */
class GrowingBlock implements ArenaBuffer {
  address: Address = 0;
  private capacity = 0;

  constructor(private readonly arena: Arena) {}

  room(sizeBytes: number): Address {
    if (this.address !== 0 && sizeBytes <= this.capacity) return this.address;
    this.release();
    return this.take(sizeBytes);
  }

  grow(sizeBytes: number, keepBytes: number, mostBytes = Infinity): Address {
    const before = this.address;
    if (before === 0) return this.take(sizeBytes);
    if (sizeBytes <= this.capacity) return before;
    const larger = this.take(Math.max(sizeBytes, Math.min(Math.ceil(this.capacity * 1.5), mostBytes)));
    this.arena.move(before, larger, keepBytes);
    this.arena.free(before);
    return larger;
  }

  release(): void {
    if (this.address !== 0) this.arena.free(this.address);
    this.address = 0;
    this.capacity = 0;
  }

  private take(sizeBytes: number): Address {
    this.address = this.arena.alloc(sizeBytes);
    this.capacity = this.arena.capacityOf(this.address);
    return this.address;
  }
}

/** Lends a block of at least `sizeBytes` to `use`, however that ends. */
export function withBlock<T>(arena: Arena, sizeBytes: number, use: (address: Address) => T): T {
  const address = arena.alloc(sizeBytes);
  try {
    return use(address);
  } finally {
    arena.free(address);
  }
}
