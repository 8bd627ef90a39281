import { mib } from '../measure/units.js';
import type { Shape } from './shapes.js';

/** What a process may hold when told `--memory 512MiB`: the budget, the program itself, and the garbage. */
export const PEAK_MAX_BYTES = 768 * 2 ** 20;
/** Of runs that differ in their number of rows alone, the highest peak against the lowest. */
export const SPREAD_MAX = 1.1;

/** The most memory that one command took for one partition. */
export interface Peak {
  readonly shape: Shape;
  readonly command: string;
  readonly peakRssBytes: number;
}

/** What is not kept of the promises about memory, one line each. */
export function violationsOf(peaks: readonly Peak[]): readonly string[] {
  const high = peaks
    .filter(({ peakRssBytes }) => peakRssBytes > PEAK_MAX_BYTES)
    .map(({ shape, command, peakRssBytes }) => `${command} of ${shape.name}: ${mib(peakRssBytes)} MiB`);
  const runs = peaks
    .filter(({ shape, command }) => command === 'run' && shape.isScaled)
    .map(({ peakRssBytes }) => peakRssBytes);
  const [least, most] = [Math.min(...runs), Math.max(...runs)];
  const isFlat = runs.length === 0 || most <= least * SPREAD_MAX;
  return isFlat ? high : [...high, `run grows with its rows, from ${mib(least)} to ${mib(most)} MiB`];
}
