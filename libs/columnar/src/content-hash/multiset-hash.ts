import { LakeError, toHex } from '@ticklake/core';

import type { RowDigests } from './row-digests.js';

/** What some rows add up to, whatever their order and however they were cut into batches and files. */
export interface MultisetHash {
  /** Adds rows. */
  add(digests: RowDigests): void;
  /**
   * Adds the rows that another hash stands for.
   *
   * @throws LakeError `invalid` unless `hex` is 32 lower-case hexadecimal digits.
   */
  addHash(hex: string): void;
  /** 32 lower-case hexadecimal digits for the rows added so far; all zero before the first. */
  hex(): string;
}

/** The sum of row digests, lane by lane modulo 2^32 (MF-08). Equal for equal multisets of rows: a row counts as often as it occurs. */
export function createMultisetHash(): MultisetHash {
  const sums = new Int32Array(4);
  const addLanes = (lanes: Int32Array) => {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let at = 0; at < lanes.length; at += 4) {
      a = (a + (lanes[at] as number)) | 0;
      b = (b + (lanes[at + 1] as number)) | 0;
      c = (c + (lanes[at + 2] as number)) | 0;
      d = (d + (lanes[at + 3] as number)) | 0;
    }
    [a, b, c, d].forEach((sum, lane) => (sums[lane] = (sums[lane] as number) + sum));
  };
  return {
    add({ lanes }) {
      addLanes(new Int32Array(lanes.buffer, lanes.byteOffset, lanes.length));
    },
    addHash(hex) {
      addLanes(lanesOf(hex));
    },
    hex() {
      const bytes = Buffer.alloc(16);
      sums.forEach((sum, lane) => bytes.writeInt32LE(sum, lane * 4));
      return toHex(bytes);
    },
  };
}

function lanesOf(hex: string): Int32Array {
  if (!/^[0-9a-f]{32}$/.test(hex)) {
    throw new LakeError('invalid', 'not a multiset hash', { code: 'HASH', details: { hex } });
  }
  const bytes = Buffer.from(hex, 'hex');
  return Int32Array.from([0, 4, 8, 12], (at) => bytes.readInt32LE(at));
}
