import { FOREIGN_STYLES, type ForeignStyleName } from '../../foreign/foreign-style.js';
import { median, mib, seconds } from '../../measure/units.js';
import { markdownTable } from '../markdown-table.js';
import type { Measured } from '../measure-rounds.js';
import { compactor, duckdb, engine } from '../programs.js';
import { ratioOf, spreadText } from '../spread.js';
import { goalText, medianOf, wall } from '../tables.js';
import { filesFor, named, quotesDay, type Job } from './job.js';

const NAMES = Object.keys(FOREIGN_STYLES) as ForeignStyleName[];
/** A style that takes more of the processor than this many times what the middle one takes is a cliff. */
const CLIFF = 2;

/** The same rows in every manner of writing them. */
export const styles: Job = {
  name: 'styles',
  about: 'The same rows in every style of page and encoding that a foreign writer has',
  rows: 1_000_000,
  usesPolars: false,
  entrants: (rows) =>
    NAMES.map((style) => ({
      ...quotesDay(rows),
      files: filesFor(rows, { rows: 1_000_000, files: 16 }),
      style,
    })).flatMap((input) => [
      { name: `engine ${input.style}`, input, programs: [engine({ pages: 'encode', receipts: true })] },
      { name: `compactor ${input.style}`, input, programs: [compactor('encode')] },
      { name: `DuckDB ${input.style}`, input, programs: [duckdb[0]] },
    ]),
  report: (measured) => {
    const shares = sharesOfMiddle(NAMES.map((style) => named(measured, `engine ${style}`)));
    const rows = NAMES.map((style, at) => styleCells(measured, { style, share: shares[at] as number }));
    const verdict = goalText(`cpu of every style ≤ ${CLIFF} of the middle one`, Math.max(...shares) <= CLIFF);
    return `${markdownTable(COLUMNS, rows)}\n\nEngine, goal: ${verdict}.`;
  },
};

const COLUMNS = [
  'style',
  'input MiB',
  'engine: wall s',
  'peak MiB',
  'cpu of the middle style',
  'compactor: wall s',
  'DuckDB: wall s',
  'peak MiB',
  'engine against DuckDB',
  'compactor against DuckDB',
];

function styleCells(
  measured: readonly Measured[],
  { style, share }: { style: ForeignStyleName; share: number },
): string[] {
  const [ours, application, theirs] = ['engine', 'compactor', 'DuckDB'].map((program) =>
    named(measured, `${program} ${style}`),
  ) as [Measured, Measured, Measured];
  const peak = ({ usages }: Measured) => mib(medianOf(usages, (usage) => usage.peakRssBytes));
  const against = ({ usages }: Measured) =>
    spreadText(ratioOf({ ours: usages, theirs: theirs.usages }, wall), 2);
  return [
    style,
    mib(ours.input.sizeBytes),
    seconds(medianOf(ours.usages, wall)),
    peak(ours),
    share.toFixed(2),
    seconds(medianOf(application.usages, wall)),
    seconds(medianOf(theirs.usages, wall)),
    peak(theirs),
    against(ours),
    against(application),
  ];
}

/**
 * Processor time of each as a share of the median of all, round by round: a round of so many runs is long, and wall time
 * drifts meanwhile.
 */
export function sharesOfMiddle(measured: readonly Measured[]): readonly number[] {
  const middles = measured[0]?.usages.map((_, round) => median(measured.map((one) => cpuOf(one, round))));
  return measured.map((one) => median((middles ?? []).map((middle, round) => cpuOf(one, round) / middle)));
}

function cpuOf({ usages }: Measured, round: number): number {
  const usage = usages[round];
  if (usage === undefined) throw new Error('both sides run in every round');
  return usage.cpuMs;
}
