import type { Measured } from '../measure-rounds.js';
import { compactor, engine } from '../programs.js';
import { perRound, spreadOf, spreadText, type CostOf, type Spread } from '../spread.js';
import { cpu, figuresTable, goalText, wall } from '../tables.js';
import { named, quotesDay, type Job } from './job.js';

const EXTRA_MAX_PERCENT = 25;
const WITHOUT = 'engine, no receipts';

/** What proof costs. */
export const receipts: Job = {
  name: 'receipts',
  about: 'The day of `bbo`, with content hashes and receipt, and without; checksums both times',
  rows: 5_000_000,
  usesPolars: false,
  entrants: (rows) => {
    const input = quotesDay(rows);
    return [
      { name: 'engine', input, programs: [engine({ pages: 'encode', receipts: true })] },
      { name: WITHOUT, input, programs: [engine({ pages: 'encode', receipts: false })] },
      { name: 'compactor', input, programs: [compactor('encode')] },
    ];
  },
  report: (measured) => {
    return `${figuresTable(measured)}\n\n${extraText(measured, named(measured, WITHOUT))}`;
  },
};

function extraText(measured: readonly Measured[], without: Measured): string {
  const sides = { one: named(measured, 'engine'), other: without };
  const [extra, cpuExtra] = [extraPercent(sides, wall), extraPercent(sides, cpu)];
  const verdict = goalText(`wall ≤ ${EXTRA_MAX_PERCENT} %`, extra.median <= EXTRA_MAX_PERCENT);
  return `Content hashes and receipt take ${spreadText(extra, 1)} % more wall time, ${spreadText(cpuExtra, 1)} % more of the processor (goal, ${verdict}).`;
}

/** How much more `one` took than `other`, round by round. */
export function extraPercent(
  { one, other }: { readonly one: Measured; readonly other: Measured },
  cost: CostOf,
): Spread {
  return spreadOf(perRound(one.usages, other.usages, (more, less) => (cost(more) / cost(less) - 1) * 100));
}
