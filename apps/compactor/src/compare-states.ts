import { isDeepStrictEqual } from 'node:util';
import type { PartitionState, State } from './documents.js';

/** One thing that two states say differently; `undefined` on the side that does not say it. */
export interface StateDifference {
  /** `last_compacted_date`, `days.YYYYMMDD` or `partitions.exchange/stream/symbol/YYYYMMDD`. */
  readonly path: string;
  readonly stored: unknown;
  readonly rebuilt: unknown;
}

/**
 * Where a stored state differs from one made again from what is published, in what both can know: not when something
 * was recorded, nor what was read from the spool at the time. No difference is the proof that state is a cache
 * (invariant I10). What only a run against the spool finds out is a difference: a day without files, late files, a
 * failure that left nothing behind.
 */
export function compareStates(stored: State, rebuilt: State): StateDifference[] {
  const sections = [
    compareEntries('', watermarkOf(stored), watermarkOf(rebuilt)),
    compareEntries('days.', stored.days, rebuilt.days, ({ status }) => status),
    compareEntries('partitions.', stored.partitions, rebuilt.partitions, knowable),
  ];
  return sections.flat();
}

function watermarkOf({ last_compacted_date = null }: State): Record<string, string | null> {
  return { last_compacted_date };
}

function knowable({ status, rows, total_size_bytes, error_type, failing_key }: PartitionState): object {
  const told = { status, rows, total_size_bytes, error_type, failing_key };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
}

function compareEntries<V>(
  prefix: string,
  stored: Readonly<Record<string, V>>,
  rebuilt: Readonly<Record<string, V>>,
  view: (value: V) => unknown = (value) => value,
): StateDifference[] {
  const viewed = (value: V | undefined) => (value === undefined ? undefined : view(value));
  const names = [...new Set([...Object.keys(stored), ...Object.keys(rebuilt)])].sort();
  return names
    .map((name) => ({ path: prefix + name, stored: viewed(stored[name]), rebuilt: viewed(rebuilt[name]) }))
    .filter((pair) => !isDeepStrictEqual(pair.stored, pair.rebuilt));
}
