/** Counts by group and name. */
export type Tally = Map<string, Map<string, number>>;

/** A tally as it travels between processes. */
export type TallyEntries = readonly (readonly [string, readonly (readonly [string, number])[]])[];

/** Adds `by` to one count. */
export function count(tally: Tally, [group, name]: readonly [string, string], by = 1): void {
  const counts = tally.get(group) ?? new Map<string, number>();
  tally.set(group, counts);
  counts.set(name, (counts.get(name) ?? 0) + by);
}

/** The count so far. */
export function countOf(tally: Tally, [group, name]: readonly [string, string]): number {
  return tally.get(group)?.get(name) ?? 0;
}

/** `tally` to be sent. */
export function tallyEntries(tally: Tally): TallyEntries {
  return [...tally].map(([group, counts]) => [group, [...counts]]);
}

/** Adds what another process counted. */
export function addEntries(tally: Tally, entries: TallyEntries): void {
  for (const [group, counts] of entries) {
    for (const [name, by] of counts) count(tally, [group, name], by);
  }
}
