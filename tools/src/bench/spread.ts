import type { Usage } from '../measure/run-measured.js';
import { median } from '../measure/units.js';

/** Several measurements of one thing. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** One of the things that a run costs. */
export type CostOf = (usage: Usage) => number;

/** @throws Error without values. */
export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/**
 * `theirs` by `ours`, round by round: above 1 where we are better. A ratio of two medians would be of rounds in which
 * the machine was not the same.
 */
export function ratioOf(
  { ours, theirs }: { readonly ours: readonly Usage[]; readonly theirs: readonly Usage[] },
  cost: CostOf,
): Spread {
  return spreadOf(perRound(ours, theirs, (one, other) => cost(other) / cost(one)));
}

/** `combine` of the runs of either side in each round. */
export function perRound(
  one: readonly Usage[],
  other: readonly Usage[],
  combine: (one: Usage, other: Usage) => number,
): readonly number[] {
  if (one.length !== other.length) throw new Error('both sides run in every round');
  return one.map((usage, round) => combine(usage, other[round] as Usage));
}

/** `5.21 (4.90..5.40)`. */
export function spreadText(spread: Spread, digits: number): string {
  const [middle, low, high] = [spread.median, spread.min, spread.max].map((value) => value.toFixed(digits));
  return `${middle} (${low}..${high})`;
}
