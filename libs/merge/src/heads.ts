import { NO_KEYS, type KeyWords } from './key-words.js';

/** Where each source stands, as arrays over sources: its piece, the row in it, and that row's keys. */
export interface Heads {
  readonly twoKeys: boolean;
  readonly first: KeyWords[];
  readonly second: KeyWords[];
  /** Next row within the piece, and how many rows the piece has; equal when the source needs its next piece. */
  readonly row: Uint32Array;
  readonly rowEnd: Uint32Array;
  /** The first key rounded to a double. Rounding keeps order, so only equal doubles need the exact words. */
  readonly rounded: Float64Array;
  readonly high: Int32Array;
  readonly low: Uint32Array;
  readonly high2: Int32Array;
  readonly low2: Uint32Array;
  /** 1 once the source has no more rows. */
  readonly done: Uint8Array;
}

/** Heads of `count` sources, every one unopened and at the least key there is. */
export function createHeads(count: number, orderKeys: 1 | 2): Heads {
  return {
    twoKeys: orderKeys === 2,
    first: new Array<KeyWords>(count).fill(NO_KEYS),
    second: new Array<KeyWords>(count).fill(NO_KEYS),
    row: new Uint32Array(count),
    rowEnd: new Uint32Array(count),
    rounded: new Float64Array(count).fill(HIGH_MIN * 0x1_0000_0000),
    high: new Int32Array(count).fill(HIGH_MIN),
    low: new Uint32Array(count),
    high2: new Int32Array(count).fill(HIGH_MIN),
    low2: new Uint32Array(count),
    done: new Uint8Array(count),
  };
}

/** Stand `source` at `bound`, before any row of it has been read; the second key is the least. */
export function standAtBound(heads: Heads, source: number, bound: bigint): void {
  setFirst(heads, source, Number(bound >> 32n), Number(bound & 0xffff_ffffn));
}

/** Stand `source` past every row of every source. */
export function standAtEnd(heads: Heads, source: number): void {
  heads.done[source] = 1;
  heads.first[source] = NO_KEYS;
  heads.second[source] = NO_KEYS;
  setFirst(heads, source, HIGH_MAX, LOW_MAX);
  heads.high2[source] = HIGH_MAX;
  heads.low2[source] = LOW_MAX;
}

/** Read the keys of the row that `source` stands at. */
export function standAtRow(heads: Heads, source: number): void {
  const word = (heads.row[source] as number) * 2;
  const first = heads.first[source] as KeyWords;
  setFirst(heads, source, first.high[word + 1] as number, first.low[word] as number);
  if (!heads.twoKeys) return;
  const second = heads.second[source] as KeyWords;
  heads.high2[source] = second.high[word + 1] as number;
  heads.low2[source] = second.low[word] as number;
}

/** Whether `a`'s row goes out before `b`'s: lower keys first, then the lower source. */
export function comesFirst(heads: Heads, a: number, b: number): boolean {
  const x = heads.rounded[a] as number;
  const y = heads.rounded[b] as number;
  return x === y ? comesFirstExactly(heads, a, b) : x < y;
}

/** {@link comesFirst} where the rounded keys are equal. */
export function comesFirstExactly(heads: Heads, a: number, b: number): boolean {
  const { high, low, high2, low2, done } = heads;
  if (high[a] !== high[b]) return (high[a] as number) < (high[b] as number);
  if (low[a] !== low[b]) return (low[a] as number) < (low[b] as number);
  if (high2[a] !== high2[b]) return (high2[a] as number) < (high2[b] as number);
  if (low2[a] !== low2[b]) return (low2[a] as number) < (low2[b] as number);
  // The greatest key is also what a finished source stands at, and a real row with that key precedes it.
  return done[a] === done[b] ? a < b : done[b] === 1;
}

function setFirst(heads: Heads, source: number, high: number, low: number): void {
  heads.high[source] = high;
  heads.low[source] = low;
  heads.rounded[source] = high * 0x1_0000_0000 + low;
}

const HIGH_MIN = -0x8000_0000;
const HIGH_MAX = 0x7fff_ffff;
const LOW_MAX = 0xffff_ffff;
