import { fmix32, mixWord, nullLanes, type Lanes } from './mix.js';
import type { FixedColumn, FixedValues } from '../batch.js';

/** Adds every cell of a fixed-width column to the row sums in `lanes`. */
export function addFixedCells(lanes: Int32Array, seed: Lanes, { values, validity }: FixedColumn): void {
  const [a, b, c, d] = seed;
  const none = nullLanes(seed);
  const { words, perValue, signed } = cellsOf(values);
  // Prices, times and versions repeat from row to row, so the last value's lanes are kept; the first "last" is 0.
  let lastLo = 0;
  let lastHi = 0;
  let [p, q, r, s] = mixWord(seed, 0, 0);
  for (let row = 0, at = 0; at < lanes.length; row++, at += 4) {
    if (validity !== undefined && validity[row] === 0) {
      addLanes(lanes, at, none);
      continue;
    }
    const lo = words[perValue * row] as number;
    const hi = perValue === 2 ? (words[2 * row + 1] as number) : signed ? lo >> 31 : 0;
    if (lo !== lastLo || hi !== lastHi) {
      lastLo = lo;
      lastHi = hi;
      // `mixWord`, written out: a call that returns an array would cost more than the arithmetic.
      p = fmix32((lo + a) | 0);
      q = fmix32(((hi ^ p) + b) | 0);
      r = fmix32(((p + q) | 0) ^ c);
      s = fmix32(((q + r) | 0) ^ d);
      p = (p + s) | 0;
    }
    lanes[at] = (lanes[at] as number) + p;
    lanes[at + 1] = (lanes[at + 1] as number) + q;
    lanes[at + 2] = (lanes[at + 2] as number) + r;
    lanes[at + 3] = (lanes[at + 3] as number) + s;
  }
}

/** Adds the lanes of one cell to the sums of the row that starts at `at`. */
export function addLanes(lanes: Int32Array, at: number, cell: Lanes): void {
  lanes[at] = (lanes[at] as number) + cell[0];
  lanes[at + 1] = (lanes[at + 1] as number) + cell[1];
  lanes[at + 2] = (lanes[at + 2] as number) + cell[2];
  lanes[at + 3] = (lanes[at + 3] as number) + cell[3];
}

/** A column's values as 32-bit words: two of each, low half first, or the low halves alone. */
interface Cells {
  readonly words: Int32Array;
  readonly perValue: 1 | 2;
  /** Of low halves alone: whether the high half is their sign. Otherwise it is 0. */
  readonly signed: boolean;
}

/** Every value as 64 bits: integers extended by their sign, floats by their own bits. */
function cellsOf(values: FixedValues): Cells {
  const { buffer, byteOffset, length, BYTES_PER_ELEMENT: size } = values;
  if (size === 8)
    return { words: new Int32Array(buffer, byteOffset, length * 2), perValue: 2, signed: false };
  const signed = values instanceof Int8Array || values instanceof Int16Array || values instanceof Int32Array;
  const words = size === 4 ? new Int32Array(buffer, byteOffset, length) : new Int32Array(values as Int8Array);
  return { words, perValue: 1, signed };
}
