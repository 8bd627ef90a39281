import { median, mib, seconds } from '../../measure/units.js';
import { markdownTable } from '../markdown-table.js';
import type { Measured } from '../measure-rounds.js';
import { compactor, engine } from '../programs.js';
import { perRound, spreadOf, spreadText, type CostOf, type Spread } from '../spread.js';
import { cpu, goalText, medianOf, wall } from '../tables.js';
import { quotesDay, type Job } from './job.js';

/** Sizes, as shares of the job's rows: 1, 5, 20 and 80 million. */
const SHARES = [1 / 20, 1 / 4, 1, 4];
const EXCESS_MAX = 0.1;

/** What more rows cost, against nobody. */
export const growth: Job = {
  name: 'growth',
  about: 'The day of `bbo` at four sizes, files growing in number as rows do',
  rows: 20_000_000,
  usesPolars: false,
  entrants: (rows) =>
    SHARES.map((share) => quotesDay(Math.round(rows * share))).flatMap((input) => [
      { name: `engine ${input.rows}`, input, programs: [engine({ pages: 'encode', receipts: true })] },
      { name: `compactor ${input.rows}`, input, programs: [compactor('encode')] },
    ]),
  report: (measured) =>
    ['engine', 'compactor']
      .map((program) =>
        growthReport(
          measured.filter(({ name }) => name.startsWith(`${program} `)),
          program,
        ),
      )
      .join('\n\n'),
};

/** `sizes` of one program, the smallest first. */
function growthReport(sizes: readonly Measured[], program: string): string {
  const rows = sizes.map(({ input, usages }, at) => {
    const before = sizes[at - 1];
    const { rows: count, files } = input.spec;
    const further = (cost: CostOf) =>
      before === undefined
        ? ''
        : spreadText(nsPerFurtherRow({ before, after: sizes[at] as Measured }, cost), 0);
    const wallMs = medianOf(usages, wall);
    return [
      program,
      String(count),
      String(files),
      seconds(wallMs),
      ((wallMs * 1e6) / count).toFixed(0),
      further(wall),
      further(cpu),
      mib(medianOf(usages, (usage) => usage.peakRssBytes)),
    ];
  });
  const columns = [
    'program',
    'rows',
    'files',
    'wall s',
    'ns/row',
    'ns per further row: wall',
    'cpu',
    'peak MiB',
  ];
  const { costGrowth, rssGrowth } = growthOf(sizes);
  const isMet = [costGrowth, rssGrowth].every((growth) => growth <= 1 + EXCESS_MAX);
  const verdict = goalText(`each ≤ ${1 + EXCESS_MAX}`, isMet);
  return `${markdownTable(columns, rows)}

A further row at the largest size costs ${costGrowth.toFixed(2)} of what one costs at the second; the peak at the
largest size is ${rssGrowth.toFixed(2)} of the one at the second${program === 'engine' ? ` (goal, ${verdict})` : ''}.`;
}

/** The cost of each row that the larger input has more. What a process costs before its first row is not in it. */
export function nsPerFurtherRow(
  { before, after }: { readonly before: Measured; readonly after: Measured },
  cost: CostOf,
): Spread {
  const rows = after.input.spec.rows - before.input.spec.rows;
  return spreadOf(
    perRound(after.usages, before.usages, (one, other) => ((cost(one) - cost(other)) * 1e6) / rows),
  );
}

/**
 * How much dearer a further row is at the last of `sizes` than at the second, in wall time, and how much higher the
 * peak. The first size tells what a row costs while the program is still being compiled.
 */
export function growthOf(sizes: readonly Measured[]): { costGrowth: number; rssGrowth: number } {
  const [smallest, second, beforeLast, last] = [sizes[0], sizes[1], sizes.at(-2), sizes.at(-1)];
  if (smallest === undefined || second === undefined || beforeLast === undefined || last === undefined) {
    throw new Error('growth needs sizes');
  }
  const atSecond = nsPerFurtherRow({ before: smallest, after: second }, wall);
  const atLast = nsPerFurtherRow({ before: beforeLast, after: last }, wall);
  const peak = ({ usages }: Measured) => median(usages.map((usage) => usage.peakRssBytes));
  return { costGrowth: atLast.median / atSecond.median, rssGrowth: peak(last) / peak(second) };
}
