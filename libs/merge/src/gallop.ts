import type { Heads } from './heads.js';
import type { KeyWords } from './key-words.js';

/**
 * How many rows of `source`, from the one it stands at and at most `rowsMax`, go out before the head of `rival`.
 * The first of them is known to. Doubling steps, then bisection: a run of `n` rows costs about 2 log n comparisons.
 */
export function gallop(heads: Heads, source: number, rival: number | undefined, rowsMax: number): number {
  const start = heads.row[source] as number;
  const end = Math.min(heads.rowEnd[source] as number, start + rowsMax);
  if (rival === undefined || heads.done[rival] === 1) return end - start;
  let inside = start;
  let step = 1;
  while (inside + step < end && rowComesFirst(heads, source, inside + step, rival)) {
    inside += step;
    step *= 2;
  }
  let outside = Math.min(inside + step, end);
  while (outside - inside > 1) {
    const middle = (inside + outside) >>> 1;
    if (rowComesFirst(heads, source, middle, rival)) inside = middle;
    else outside = middle;
  }
  return outside - start;
}

function rowComesFirst(heads: Heads, source: number, row: number, rival: number): boolean {
  const word = row * 2;
  const first = heads.first[source] as KeyWords;
  const order = compareWords(first, word, heads.high[rival] as number, heads.low[rival] as number);
  if (order !== 0) return order < 0;
  if (heads.twoKeys) {
    const second = heads.second[source] as KeyWords;
    const order2 = compareWords(second, word, heads.high2[rival] as number, heads.low2[rival] as number);
    if (order2 !== 0) return order2 < 0;
  }
  return source < rival;
}

function compareWords(keys: KeyWords, word: number, high: number, low: number): number {
  const order = (keys.high[word + 1] as number) - high;
  return order !== 0 ? order : (keys.low[word] as number) - low;
}
