import type { Usage } from '../measure/run-measured.js';
import { median, mib, seconds } from '../measure/units.js';
import { markdownTable } from './markdown-table.js';
import type { Measured } from './measure-rounds.js';
import { ratioOf, spreadText, type CostOf } from './spread.js';

/** What the engine is to reach against a peer: how many times faster, in how many times less memory. */
export interface Goal {
  readonly against: string;
  readonly wallMin: number;
  readonly rssMin: number | undefined;
}

/** From a program's start to its end. */
export const wall: CostOf = ({ wallMs }) => wallMs;
/** Of all its threads; what other programs do changes it less. */
export const cpu: CostOf = ({ cpuMs }) => cpuMs;
const rss: CostOf = ({ peakRssBytes }) => peakRssBytes;

/** What each program took: medians of all rounds. */
export function figuresTable(measured: readonly Measured[]): string {
  const columns = ['program', 'rows', 'files', 'wall s', 'cpu s', 'krows/s', 'peak MiB', 'output MiB'];
  return markdownTable(
    columns,
    measured.map(({ name, input, usages, outputBytes }) => [
      name,
      String(input.spec.rows),
      String(input.spec.files),
      seconds(medianOf(usages, wall)),
      seconds(medianOf(usages, cpu)),
      (input.spec.rows / medianOf(usages, wall)).toFixed(0),
      mib(medianOf(usages, rss)),
      mib(outputBytes),
    ]),
  );
}

/** Ratios of `ours` against the peers of `goals`; they hold for the first of ours, the others are shown beside it. */
export function ratiosTable(
  ours: readonly Measured[],
  { peers, goals }: { readonly peers: readonly Measured[]; readonly goals: readonly Goal[] },
): string {
  const rows = peers.flatMap((peer) =>
    ours.map((one, at) => {
      const sides = { ours: one.usages, theirs: peer.usages };
      const goal = at === 0 ? goals.find(({ against }) => against === peer.name) : undefined;
      return [
        `${one.name} against ${peer.name}`,
        spreadText(ratioOf(sides, wall), 2),
        spreadText(ratioOf(sides, cpu), 2),
        spreadText(ratioOf(sides, rss), 2),
        goal === undefined
          ? ''
          : verdict(goal, { wall: ratioOf(sides, wall).median, rss: ratioOf(sides, rss).median }),
      ];
    }),
  );
  return markdownTable(['ratio, above 1: less than theirs', 'wall', 'cpu', 'peak RSS', 'goal'], rows);
}

/** `wall ≥ 5, RSS ≥ 8: missed`. */
function verdict({ wallMin, rssMin }: Goal, found: { readonly wall: number; readonly rss: number }): string {
  const isMet = found.wall >= wallMin && (rssMin === undefined || found.rss >= rssMin);
  const text = rssMin === undefined ? `wall ≥ ${wallMin}` : `wall ≥ ${wallMin}, RSS ≥ ${rssMin}`;
  return goalText(text, isMet);
}

/** A goal and whether it is met. */
export function goalText(goal: string, isMet: boolean): string {
  return `${goal}: ${isMet ? 'met' : 'missed'}`;
}

/** The median of one of the things that runs cost. */
export function medianOf(usages: readonly Usage[], cost: CostOf): number {
  return median(usages.map(cost));
}
