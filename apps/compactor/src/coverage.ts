import { compactDay, daysBetween, type UtcDay } from '@ticklake/core';
import type { ObjectStore } from '@ticklake/storage';
import { discoverPartitions, type PartitionFilter } from './discover-partitions.js';
import type { PartitionKey } from './partition-key.js';
import { publishedPartitions } from './published-partitions.js';

/** Which days of one stream of one symbol there are (spec row OP-16). */
export interface SymbolCoverage {
  /** `exchange/stream/symbol`. */
  readonly name: string;
  /** Ascending. */
  readonly published: readonly UtcDay[];
  /** Days between its first and its last published one that are not published. */
  readonly holes: readonly UtcDay[];
  /** Days that the spool has files of and that are not published; known only with the spool at hand. */
  readonly unpublished: readonly UtcDay[];
}

/** The days of a store, symbol by symbol. */
export interface Coverage {
  /** The first and the last day that any symbol has; absent when there is none. */
  readonly from: UtcDay | undefined;
  readonly to: UtcDay | undefined;
  /** In byte order of name. */
  readonly symbols: readonly SymbolCoverage[];
  /** Over all symbols; a day that is a hole and in the spool counts once. */
  readonly gaps: number;
}

/** What to look at. */
export interface CoverageRequest {
  readonly compact: ObjectStore;
  readonly raw: ObjectStore | undefined;
  /** Holes are looked for between the days that it lets through. */
  readonly filter: PartitionFilter;
  readonly signal: AbortSignal;
}

/** Finds the holes by listings alone; no object is read. */
export async function coverageOf({ compact, raw, filter, signal }: CoverageRequest): Promise<Coverage> {
  const symbols = new Map<string, { published: Set<UtcDay>; spooled: Set<UtcDay> }>();
  const seenOf = ({ exchange, stream, symbol }: PartitionKey) => {
    const name = [exchange, stream, symbol].join('/');
    const known = symbols.get(name) ?? { published: new Set(), spooled: new Set() };
    symbols.set(name, known);
    return known;
  };
  for await (const { key, committed } of publishedPartitions(compact, filter, signal)) {
    if (committed) seenOf(key).published.add(key.day);
  }
  if (raw !== undefined) {
    const discovery = discoverPartitions(raw, filter, signal);
    for await (const { key } of discovery.partitions()) seenOf(key).spooled.add(key.day);
  }
  const rows = [...symbols]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, days]) => symbolCoverage(name, days));
  const days = rows.flatMap(({ published, unpublished }) => [...published, ...unpublished]).sort();
  return {
    from: days[0],
    to: days.at(-1),
    symbols: rows,
    gaps: rows.reduce((sum, { holes, unpublished }) => sum + new Set([...holes, ...unpublished]).size, 0),
  };
}

/** Widest matrix that is drawn, in days. */
const MATRIX_DAYS_MAX = 92;

/** A matrix of symbol by day (`#` published, `!` in the spool only, `.` a hole), where it is not too wide; then the gaps. */
export function coverageText({ from, to, symbols, gaps }: Coverage): string {
  if (from === undefined || to === undefined) return 'no day is there';
  const days = daysBetween(from, to);
  const width = Math.max(...symbols.map(({ name }) => name.length));
  const lines = symbols.map((symbol) => {
    const matrix =
      days.length > MATRIX_DAYS_MAX ? '' : `  ${days.map((day) => markOf(symbol, day)).join('')}`;
    return `${symbol.name.padEnd(width)}${matrix}  ${symbol.published.length} days`;
  });
  const notes = symbols.flatMap(({ name, holes, unpublished }) => [
    ...(unpublished.length === 0 ? [] : [`${name} not published: ${unpublished.map(compactDay).join(' ')}`]),
    ...(holes.length === 0 ? [] : [`${name} holes: ${holes.map(compactDay).join(' ')}`]),
  ]);
  return [...lines, ...notes, `${from} … ${to}: ${symbols.length} symbols, ${gaps} gaps`].join('\n');
}

function symbolCoverage(
  name: string,
  days: { readonly published: ReadonlySet<UtcDay>; readonly spooled: ReadonlySet<UtcDay> },
): SymbolCoverage {
  const published = [...days.published].sort();
  const [first, last] = [published[0], published.at(-1)];
  const range = first === undefined || last === undefined ? [] : daysBetween(first, last);
  const isMissing = (day: UtcDay) => !days.published.has(day);
  return {
    name,
    published,
    holes: range.filter(isMissing),
    unpublished: [...days.spooled].sort().filter(isMissing),
  };
}

function markOf({ published, holes, unpublished }: SymbolCoverage, day: UtcDay): string {
  if (published.includes(day)) return '#';
  if (unpublished.includes(day)) return '!';
  return holes.includes(day) ? '.' : ' ';
}
