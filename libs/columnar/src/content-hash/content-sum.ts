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
  return new Lanes();
}

/** A class, as everything of which there is one for every file. */
class Lanes implements ContentSum {
  private readonly lanes = [0, 0, 0, 0];

  addWith(arena: Arena, add: (sums: number) => void): void {
    const { lanes } = this;
    withBlock(arena, DIGEST_BYTES, (at) => {
      const sums = arena.view(Int32Array, at, 4);
      for (let lane = 0; lane < 4; lane++) sums[lane] = lanes[lane] as number;
      add(at);
      for (let lane = 0; lane < 4; lane++) lanes[lane] = sums[lane] as number;
    });
  }

  addHex(hex: string): void {
    const { lanes } = this;
    lanesOf(hex).forEach((lane, i) => (lanes[i] = ((lanes[i] as number) + lane) | 0));
  }

  hex(): string {
    const bytes = Buffer.alloc(DIGEST_BYTES);
    this.lanes.forEach((lane, i) => bytes.writeInt32LE(lane, i * 4));
    return toHex(bytes);
  }
}

function lanesOf(hex: string): Int32Array {
  if (!/^[0-9a-f]{32}$/.test(hex)) {
    throw new LakeError('invalid', 'not a content hash', { code: 'HASH', details: { hex } });
  }
  const bytes = Buffer.from(hex, 'hex');
  return Int32Array.from([0, 4, 8, 12], (at) => bytes.readInt32LE(at));
}
