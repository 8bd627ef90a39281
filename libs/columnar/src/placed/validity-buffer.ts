import type { Address } from '@ticklake/kernels';
import type { Arena } from '../arena/arena.js';
import { createArenaBuffer, type ArenaBuffer } from '../arena/arena-buffer.js';

/** A byte a row, 1 = present; nothing at all while no row is null. */
export interface ValidityBuffer {
  /** 0 while no row is null. */
  readonly address: Address;
  /** Rows `rowStart … rowStart + rows`; a `validity` of 0 stands for no nulls. */
  put(rowStart: number, rows: number, validity: Address): void;
  /** Rows `start … end` of a column outside, held here until the next call; 0 when none of them is null. */
  hold(validity: Uint8Array | undefined, start: number, end: number): Address;
  /** Rows by number of a validity elsewhere, held here until the next call; 0 when none of those can be null. */
  holdGathered(from: Address, rows: Address, count: number): Address;
  clear(): void;
  release(): void;
}

/** No rows yet. */
export function createValidityBuffer(arena: Arena): ValidityBuffer {
  return new Validity(arena);
}

class Validity implements ValidityBuffer {
  private readonly present: ArenaBuffer;
  private readonly held: ArenaBuffer;
  private hasNulls = false;

  constructor(private readonly arena: Arena) {
    this.present = createArenaBuffer(arena);
    this.held = createArenaBuffer(arena);
  }

  get address(): Address {
    return this.hasNulls ? this.present.address : 0;
  }

  put(rowStart: number, rows: number, validity: Address): void {
    if (!this.hasNulls && validity === 0) return;
    const at = this.present.grow(rowStart + rows, this.hasNulls ? rowStart : 0);
    const { arena } = this;
    if (!this.hasNulls) arena.fill(at, rowStart, 1);
    this.hasNulls = true;
    if (validity === 0) arena.fill(at + rowStart, rows, 1);
    else arena.move(validity, at + rowStart, rows);
  }

  hold(validity: Uint8Array | undefined, start: number, end: number): Address {
    if (validity === undefined) return 0;
    const at = validity.indexOf(0, start);
    if (at < 0 || at >= end) return 0;
    const address = this.held.room(end - start);
    this.arena.put(validity.subarray(start, end), address);
    return address;
  }

  holdGathered(from: Address, rows: Address, count: number): Address {
    if (from === 0) return 0;
    const address = this.held.room(count);
    this.arena.kernels.gather8(from, rows, count, address);
    return address;
  }

  clear(): void {
    this.hasNulls = false;
  }

  release(): void {
    this.hasNulls = false;
    this.present.release();
    this.held.release();
  }
}
