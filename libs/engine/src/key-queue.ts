import { createArenaBuffer, type Arena, type ColumnBuffer } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { Address } from '@ticklake/kernels';

/** Keys that a merge was planned by, kept until they are read as the column they are: it is then decoded once. */
export interface KeyQueue {
  /** Copies keys in behind those that are there. */
  put(values: Address, count: number): void;
  /** Appends the next `count` keys to a column, of which they are taken out. */
  read(into: ColumnBuffer, count: number): void;
  release(): void;
}

const KEY_BYTES = 8;

/** An empty queue. It holds as many keys as planning is ahead of reading, which is a list of runs and a piece of keys. */
export function createKeyQueue(arena: Arena): KeyQueue {
  const held = createArenaBuffer(arena);
  let start = 0;
  let end = 0;
  return {
    put(values, count) {
      if (start > 0) {
        arena.move(held.address + start, held.address, end - start);
        end -= start;
        start = 0;
      }
      const size = count * KEY_BYTES;
      arena.move(values, held.grow(end + size, end) + end, size);
      end += size;
    },
    read(into, count) {
      const size = count * KEY_BYTES;
      assert(into.kind === 'fixed' && into.width === KEY_BYTES, 'keys are of 64 bits');
      assert(size <= end - start, 'keys are planned by before they are read');
      arena.move(held.address + start, into.valuesRoom(count), size);
      into.putValues(count, 0);
      start += size;
    },
    release: () => held.release(),
  };
}
