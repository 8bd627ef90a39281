import { markdownTable } from '../bench/markdown-table.js';
import { KILLS, STRIKES } from './strikes/index.js';
import type { StrikeReport, Violation } from './strike-scenario.js';

/** Fewer places to die at prove little. */
export const KILL_POINTS_MIN = 3_000;

/** What became of a mutant. */
export interface MutantReport {
  readonly name: string;
  /** Where it was caught first; `undefined` when it was not. */
  readonly caught: Violation | undefined;
}

/** One line for each scenario and world, for people. */
export function strikesTable(reports: readonly StrikeReport[]): string {
  const names = STRIKES.map(({ name }) => name);
  const rows = reports.map(({ scenario, world, operations, points, violations }) => [
    scenario,
    world,
    operations,
    ...names.map((name) => points[name] ?? 0),
    violations.length,
  ]);
  const sums = names.map((name) => sum(reports.map(({ points }) => points[name] ?? 0)));
  rows.push(['all', '', '', ...sums, sum(reports.map(({ violations }) => violations.length))]);
  return markdownTable(
    ['scenario', 'on', 'operations', ...names, 'violations'],
    rows.map((row) => row.map(String)),
  );
}

/** One line for each mutant, for people. */
export function mutantsTable(reports: readonly MutantReport[]): string {
  const rows = reports.map(({ name, caught }) =>
    caught === undefined
      ? [name, 'survived', '', '']
      : [
          name,
          'caught',
          `${caught.scenario}, ${caught.world}`,
          `${caught.strike}: ${short(caught.broken[0] ?? '')}`,
        ],
  );
  return markdownTable(['taken out', '', 'by', 'as'], rows);
}

/** Places to die at. */
export function killPoints(reports: readonly StrikeReport[]): number {
  return sum(reports.flatMap(({ points }) => KILLS.map((name) => points[name] ?? 0)));
}

/** A violation with all that it broke. */
export function violationText({ scenario, world, strike, point, broken }: Violation): string {
  return [`${scenario} on ${world}, ${strike}: ${point}`, ...broken.map((line) => `  ${line}`)].join('\n');
}

const SHORT_CHARS = 110;

function short(line: string): string {
  const plain = line.replaceAll(/exchange=\S*\/date=\d+\//g, '').replaceAll('|', '');
  return plain.length > SHORT_CHARS ? `${plain.slice(0, SHORT_CHARS)}…` : plain;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
