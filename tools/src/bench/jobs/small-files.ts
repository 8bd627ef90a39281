import { compactor, duckdb, engine } from '../programs.js';
import { markdownTable } from '../markdown-table.js';
import type { Measured } from '../measure-rounds.js';
import { perRound, spreadOf, spreadText, type CostOf, type Spread } from '../spread.js';
import { cpu, figuresTable, goalText, ratiosTable, wall } from '../tables.js';
import { filesFor, named, quotesDay, type Job } from './job.js';

const ROWS_PER_FILE = 1000;
const WALL_MIN = 5;
const MS_PER_FILE_MAX = 1;
const FEW = ', few files';

/** A real day's shape: what a file costs beyond its rows rules. */
export const smallFiles: Job = {
  name: 'small-files',
  about: 'Files of 1,000 rows, and as many rows in files of 69,444 to tell what a file costs beyond its rows',
  rows: 3_000_000,
  usesPolars: false,
  entrants: (rows) => {
    const few = quotesDay(rows);
    const many = { ...few, files: filesFor(rows, { rows: ROWS_PER_FILE, files: 1 }) };
    const ours = engine({ pages: 'encode', receipts: true });
    return [
      { name: 'engine', input: many, programs: [ours] },
      { name: 'compactor', input: many, programs: [compactor('encode')] },
      { name: 'DuckDB', input: many, programs: duckdb },
      { name: `engine${FEW}`, input: few, programs: [ours] },
      { name: `compactor${FEW}`, input: few, programs: [compactor('encode')] },
      { name: `DuckDB${FEW}`, input: few, programs: duckdb },
    ];
  },
  report: (measured) => {
    const many = measured.filter(({ name }) => !name.endsWith(FEW));
    const ours = many.filter(({ name }) => name !== 'DuckDB');
    const peers = [named(measured, 'DuckDB')];
    const goals = [{ against: 'DuckDB', wallMin: WALL_MIN, rssMin: undefined }];
    const perFile = many.map((one) => {
      const sides = { many: one, few: named(measured, `${one.name}${FEW}`) };
      const [cost, cpuCost] = [msPerFile(sides, wall), msPerFile(sides, cpu)];
      const goal = goalText(`wall ≤ ${MS_PER_FILE_MAX} ms`, cost.median <= MS_PER_FILE_MAX);
      return [one.name, spreadText(cost, 2), spreadText(cpuCost, 2), one.name === 'engine' ? goal : ''];
    });
    return [
      figuresTable(measured),
      ratiosTable(ours, { peers, goals }),
      markdownTable(['program', 'ms per file beyond its rows: wall', 'cpu', 'goal'], perFile),
    ].join('\n\n');
  },
};

/** What each further file took when the rows were the same, round by round. */
export function msPerFile(
  { many, few }: { readonly many: Measured; readonly few: Measured },
  cost: CostOf,
): Spread {
  const files = many.input.spec.files - few.input.spec.files;
  return spreadOf(perRound(many.usages, few.usages, (one, other) => (cost(one) - cost(other)) / files));
}
