import { fmix32, type Lanes } from './mix.js';
import type { BytesValues } from '../batch.js';

/** Hashes one byte string at a time; made once for many strings that share their memory. */
export interface BytesHasher {
  /** Writes the four lanes of value `index` into `out` from `at`. */
  hash(index: number, out: Int32Array, at: number): void;
}

/** The cells of `values` under one column's seed: length first, then eight bytes at a time, the last ones zero-filled. */
export function createBytesHasher({ offsets, data }: BytesValues, seed: Lanes): BytesHasher {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const [seedA, seedB, seedC, seedD] = seed;
  return {
    hash(index, out, at) {
      let from = offsets[index] as number;
      const end = offsets[index + 1] as number;
      let a = seedA;
      let b = seedB;
      let c = (seedC + (end - from)) | 0;
      let d = seedD;
      // An empty string is one word of nothing.
      do {
        const left = end - from;
        const lo = left >= 4 ? view.getInt32(from, true) : tailOf(view, from, left);
        const hi =
          left >= 8 ? view.getInt32(from + 4, true) : left > 4 ? tailOf(view, from + 4, left - 4) : 0;
        // `mixWord`, written out: a call that returns an array would cost more than the arithmetic.
        const p = fmix32((lo + a) | 0);
        b = fmix32(((hi ^ p) + b) | 0);
        c = fmix32(((p + b) | 0) ^ c);
        d = fmix32(((b + c) | 0) ^ d);
        a = (p + d) | 0;
        from += 8;
      } while (from < end);
      out[at] = a;
      out[at + 1] = b;
      out[at + 2] = c;
      out[at + 3] = d;
    },
  };
}

/** Fewer than four bytes as the low end of a 32-bit number. */
function tailOf(view: DataView, from: number, count: number): number {
  if (count <= 0) return 0;
  if (from + 4 <= view.byteLength) return view.getInt32(from, true) & ((1 << (count * 8)) - 1);
  let word = 0;
  for (let i = 0; i < count; i++) word |= view.getUint8(from + i) << (i * 8);
  return word;
}
