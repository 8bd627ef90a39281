import { LakeError, toHex } from '@ticklake/core';
import type { Arena } from '../arena/arena.js';
import { withBlock } from '../arena/arena-buffer.js';
import { DIGEST_BYTES } from './row-digests.js';

/** A sum of digests, lane by lane modulo 2^32. */
export interface ContentSum {
  /** Lets a kernel add to the four lanes at `sums`. */
  addWith(arena: Arena, add: (sums: number) => void): void;
  /** @throws LakeError `invalid` unless `hex` is 32 lower-case hexadecimal digits. */
  addHex(hex: string): void;
  hex(): string;
}

/** All zero. */
export function createContentSum(): ContentSum {
  const lanes = new Int32Array(4);
  const addLanes = (more: Int32Array) => more.forEach((lane, i) => (lanes[i] = (lanes[i] as number) + lane));
  return {
    addWith(arena, add) {
      withBlock(arena, DIGEST_BYTES, (sums) => {
        arena.view(Int32Array, sums, 4).fill(0);
        add(sums);
        addLanes(arena.view(Int32Array, sums, 4));
      });
    },
    addHex: (hex) => addLanes(lanesOf(hex)),
    hex() {
      const bytes = Buffer.alloc(DIGEST_BYTES);
      lanes.forEach((lane, i) => bytes.writeInt32LE(lane, i * 4));
      return toHex(bytes);
    },
  };
}

function lanesOf(hex: string): Int32Array {
  if (!/^[0-9a-f]{32}$/.test(hex)) {
    throw new LakeError('invalid', 'not a content hash', { code: 'HASH', details: { hex } });
  }
  const bytes = Buffer.from(hex, 'hex');
  return Int32Array.from([0, 4, 8, 12], (at) => bytes.readInt32LE(at));
}
