/** A list that keeps its longest entries, in bounded memory. */
export interface Longest<T> {
  add(entry: T): void;
  /** At most as many as wanted, by their start. */
  list(): T[];
}

/** Keeps the `countMax` entries of greatest `length`; of equal ones, the earlier. */
export function keepLongest<T extends { readonly from: bigint | number }>(
  countMax: number,
  length: (entry: T) => bigint | number,
): Longest<T> {
  let kept: T[] = [];
  const byStart = (a: T, b: T) => compare(a.from, b.from);
  const trim = () => {
    kept.sort((a, b) => compare(length(b), length(a)) || byStart(a, b));
    kept = kept.slice(0, countMax);
  };
  return {
    add(entry) {
      kept.push(entry);
      if (kept.length >= 2 * countMax) trim();
    },
    list() {
      trim();
      return kept.toSorted(byStart);
    },
  };
}

function compare(a: bigint | number, b: bigint | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
