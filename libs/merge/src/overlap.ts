import type { MergeSource } from './merge-source.js';

/**
 * The most sources whose [lowerBound, upperBound] share a point: how many a merge has open at once. A source without
 * a bound is taken to reach that far.
 */
export function overlapMax(sources: readonly Pick<MergeSource, 'lowerBound' | 'upperBound'>[]): number {
  const starts = sources.map(({ lowerBound }) => lowerBound ?? KEY_MIN).sort(compare);
  const ends = sources.map(({ upperBound }) => upperBound ?? KEY_MAX).sort(compare);
  let most = 0;
  let ended = 0;
  starts.forEach((start, begun) => {
    while ((ends[ended] as bigint) < start) ended++;
    most = Math.max(most, begun + 1 - ended);
  });
  return most;
}

/**
 * Neighbours in groups as large as they can be with at most `openMax` overlapping. With `openMax` ≥ 2 every group but
 * the last has at least two sources.
 */
export function contiguousGroups<T extends { readonly source: MergeSource }>(
  inputs: readonly T[],
  openMax: number,
): T[][] {
  const groups: T[][] = [];
  let group: T[] = [];
  for (const input of inputs) {
    if (group.length >= openMax && overlapMax([...group, input].map(({ source }) => source)) > openMax) {
      groups.push(group);
      group = [];
    }
    group.push(input);
  }
  if (group.length > 0) groups.push(group);
  return groups;
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const KEY_MIN = -(1n << 63n);
const KEY_MAX = (1n << 63n) - 1n;
