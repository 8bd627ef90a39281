import { daysBetween, type UtcDay } from '@ticklake/core';
import type { ListedPartition } from './partitions/list-partitions.js';

/** Which days there are of an instrument and a data type. */
export interface Coverage {
  /** `undefined` in the availability tier. */
  readonly instrument: string | undefined;
  readonly dataType: string;
  readonly first: UtcDay;
  readonly last: UtcDay;
  readonly days: number;
  /** Days between the first and the last that there are none of. */
  readonly missing: readonly UtcDay[];
}

/** What partitions that have a manifest cover, by instrument and data type, in byte order. */
export async function coverageOf(partitions: AsyncIterable<ListedPartition>): Promise<readonly Coverage[]> {
  const days = new Map<string, { readonly names: ListedPartition['names']; readonly days: Set<UtcDay> }>();
  for await (const { names, hasManifest } of partitions) {
    if (!hasManifest) continue;
    const key = `${names.instrument ?? ''} ${names.dataType}`;
    const known = days.get(key) ?? { names, days: new Set() };
    known.days.add(names.day);
    days.set(key, known);
  }
  const sorted = [...days].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([, { names, days: all }]) => {
    const inOrder = [...all].sort();
    const [first, last] = [inOrder[0], inOrder.at(-1)] as [UtcDay, UtcDay];
    const missing = daysBetween(first, last).filter((day) => !all.has(day));
    return { instrument: names.instrument, dataType: names.dataType, first, last, days: all.size, missing };
  });
}
