import type { RowRange } from '@ticklake/parquet';

/** The rows that both have. Ranges ascend and are apart, and so are those that come out. */
export function intersectRanges(a: readonly RowRange[], b: readonly RowRange[]): RowRange[] {
  const both: RowRange[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [one, other] = [a[i] as RowRange, b[j] as RowRange];
    const range = { start: Math.max(one.start, other.start), end: Math.min(one.end, other.end) };
    if (range.start < range.end) both.push(range);
    if (one.end < other.end) i++;
    else j++;
  }
  return both;
}

/** Stretches in order, those that touch as one. */
export function joinRanges(stretches: readonly RowRange[]): RowRange[] {
  const joined: RowRange[] = [];
  for (const { start, end } of stretches) {
    const last = joined.at(-1);
    if (start === end) continue;
    if (last?.end === start) joined[joined.length - 1] = { start: last.start, end };
    else joined.push({ start, end });
  }
  return joined;
}

/** How many rows there are. */
export function rowsIn(ranges: readonly RowRange[]): number {
  return ranges.reduce((sum, { start, end }) => sum + end - start, 0);
}
