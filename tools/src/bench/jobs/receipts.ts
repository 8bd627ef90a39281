import { ENGINE_STAND_IN } from '../engine-task.js';
import type { Measured } from '../measure-rounds.js';
import { compactor, engine } from '../programs.js';
import { perRound, spreadOf, spreadText, type Spread } from '../spread.js';
import { figuresTable, goalText } from '../tables.js';
import { named, quotesDay, type Job } from './job.js';

const EXTRA_MAX_PERCENT = 25;
const WITHOUT = 'engine, no receipts';

/** What proof costs. */
export const receipts: Job = {
  name: 'receipts',
  about: 'The day of `bbo`, with content hashes, receipt and checksums, and without',
  rows: 5_000_000,
  usesPolars: false,
  entrants: (rows) => {
    const input = quotesDay(rows);
    return [
      { name: 'engine', input, programs: [engine({ pages: 'encode', receipts: true })] },
      ...(ENGINE_STAND_IN === undefined
        ? [{ name: WITHOUT, input, programs: [engine({ pages: 'encode', receipts: false })] as const }]
        : []),
      { name: 'compactor', input, programs: [compactor] },
    ];
  },
  report: (measured) => {
    const without = measured.find(({ name }) => name === WITHOUT);
    return `${figuresTable(measured)}\n\n${without === undefined ? LACKING : extraText(measured, without)}`;
  },
};

const LACKING = `Without receipts: not measured (goal, ≤ ${EXTRA_MAX_PERCENT} % extra).`;

function extraText(measured: readonly Measured[], without: Measured): string {
  const extra = extraPercent(named(measured, 'engine'), without);
  const verdict = goalText(`≤ ${EXTRA_MAX_PERCENT} %`, extra.median <= EXTRA_MAX_PERCENT);
  return `Receipts and checksums take ${spreadText(extra, 1)} % more wall time (goal, ${verdict}).`;
}

/** How much more wall time `one` took than `other`, round by round. */
export function extraPercent(one: Measured, other: Measured): Spread {
  return spreadOf(perRound(one.usages, other.usages, (more, less) => (more.wallMs / less.wallMs - 1) * 100));
}
