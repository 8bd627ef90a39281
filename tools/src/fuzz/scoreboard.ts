import type { Verdict } from './judge.js';
import { mib } from '../measure/units.js';

/** A mutant and what became of it. */
export interface MutantResult {
  readonly mutation: string;
  readonly base: string;
  readonly verdict: Verdict;
  readonly readMs: number;
  readonly peakRssBytes: number;
}

/** An attack, and whether it ended as it must. */
export interface AttackResult {
  readonly attack: string;
  /** The code of the error, `valid` where the file was read, or the verdict of what should never happen. */
  readonly end: string;
  readonly isAsItMust: boolean;
  readonly readMs: number;
  readonly peakRssBytes: number;
}

/** Verdicts that break a rule, whatever the file. */
export const FORBIDDEN: readonly Verdict[] = [
  'wrong',
  'copy',
  'leak',
  'untyped',
  'unplaced',
  'hang',
  'memory',
  'crash',
];

const COLUMNS: readonly (readonly [verdict: Verdict, title: string])[] = [
  ['unaffected', 'unaffected'],
  ['rejected', 'rejected'],
  ['wrong', 'wrong'],
  ['wrong-unsealed', 'wrong (no CRC)'],
  ['wrong-footer', 'wrong (footer)'],
  ['wrong-moved', 'wrong (moved)'],
  ['copy', 'copy'],
  ['leak', 'leak'],
  ['untyped', 'untyped'],
  ['unplaced', 'no place'],
  ['hang', 'hang'],
  ['memory', 'memory'],
  ['crash', 'crash'],
];

/** Mutants by one of their properties and by verdict, with their total, as a Markdown table. */
export function verdictTable(
  results: readonly MutantResult[],
  { title, by, names }: { title: string; by: 'mutation' | 'base'; names: readonly string[] },
): string {
  const lines = names.map((name) =>
    countLine(
      name,
      results.filter((result) => result[by] === name),
    ),
  );
  const head = [title, 'n', ...COLUMNS.map(([, text]) => text), 'slowest ms'];
  return markdown([head, ...lines, countLine('**total**', results)]);
}

/** How the attacks ended, as a Markdown table; those that did not end as they must are listed by name. */
export function attackTable(results: readonly AttackResult[]): string {
  const ends = [...new Set(results.map(({ end }) => end))].sort();
  const lines = ends.map((end) => {
    const group = results.filter((result) => result.end === end);
    return [end, String(group.length), ms(slowest(group))];
  });
  const total = ['**total**', String(results.length), ms(slowest(results))];
  return markdown([['attacks that end in', 'n', 'slowest ms'], ...lines, total]);
}

/** What broke a rule, a line each; nothing when everything held. */
export function brokenRules(
  mutants: readonly MutantResult[],
  { attacks, peakRssBytesMax }: { attacks: readonly AttackResult[]; peakRssBytesMax: number },
): string[] {
  const broken = COLUMNS.flatMap(([verdict, title]) => {
    const count = mutants.filter((mutant) => mutant.verdict === verdict).length;
    return count > 0 && FORBIDDEN.includes(verdict) ? [`${count} mutants: ${title}`] : [];
  });
  const strays = attacks
    .filter(({ isAsItMust }) => !isAsItMust)
    .map(({ attack, end }) => `${attack}: ${end}`);
  const peak = peakRss([...mutants, ...attacks]);
  const over = peak > peakRssBytesMax ? [`peak memory ${mib(peak)} MiB of ${mib(peakRssBytesMax)} MiB`] : [];
  return [...broken, ...strays, ...over];
}

/** Highest memory of any worker. */
export function peakRss(results: readonly { readonly peakRssBytes: number }[]): number {
  return results.reduce((most, { peakRssBytes }) => Math.max(most, peakRssBytes), 0);
}

function countLine(name: string, group: readonly MutantResult[]): string[] {
  const counts = COLUMNS.map(([verdict]) => String(group.filter((one) => one.verdict === verdict).length));
  return [name, String(group.length), ...counts, ms(slowest(group))];
}

function slowest(results: readonly { readonly readMs: number }[]): number {
  return results.reduce((most, { readMs }) => Math.max(most, readMs), 0);
}

function ms(value: number): string {
  return value.toFixed(0);
}

/** The first line is the head. Padded, so that it can be read as it is and the formatter leaves it alone. */
function markdown([head = [], ...lines]: readonly (readonly string[])[]): string {
  const widths = head.map((_, at) => Math.max(3, ...[head, ...lines].map((cells) => cells[at]?.length ?? 0)));
  const padded = (cells: readonly string[]) =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)));
  const rule = widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [padded(head), rule, ...lines.map(padded)].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
