import { compareUtf8, isLakeError, parseUtcDay, type UtcDay } from '@ticklake/core';
import { walkPrefixes, type PrefixWalk, type WalkLeaf, type WalkLevel } from '@ticklake/jobs';
import { classifySpoolName } from '@ticklake/partition';
import type { ObjectMeta, ObjectStore } from '@ticklake/storage';
import { LIST_CONCURRENCY } from './limits.js';
import { nameOf } from './inspect-source.js';
import type { NameFilter } from './name-filter.js';
import type { PartitionKey } from './partition-key.js';

/** Which exchanges, streams and symbols are wanted. An absent filter lets everything through. */
export interface NameFilters {
  readonly exchanges: NameFilter | undefined;
  readonly streams: NameFilter | undefined;
  readonly symbols: NameFilter | undefined;
}

/** Which partitions are wanted. */
export interface PartitionFilter extends NameFilters {
  includesDay(day: UtcDay): boolean;
}

/** Lets every partition through. */
export const EVERYTHING: PartitionFilter = {
  exchanges: undefined,
  streams: undefined,
  symbols: undefined,
  includesDay: () => true,
};

/** Lets one partition through. */
export function onlyPartition({ exchange, stream, symbol, day }: PartitionKey): PartitionFilter {
  return {
    exchanges: new Set([exchange]),
    streams: new Set([stream]),
    symbols: new Set([symbol]),
    includesDay: (other) => other === day,
  };
}

/** The spool files of one partition, in byte order of name. */
export interface SpoolPartition {
  readonly key: PartitionKey;
  readonly sources: readonly ObjectMeta[];
}

/** A discovery under way. */
export interface Discovery {
  /** Grouped by symbol, in byte order of prefix; the days of a symbol ascend. Call it once. */
  partitions(): AsyncGenerator<SpoolPartition>;
  /** LIST requests so far: one per prefix, never per object (spec row CM-26). */
  readonly listCount: number;
  /** Objects that are no inputs: temporaries, hidden files, other endings. */
  readonly ignoredCount: number;
  /** Parquet files whose name says no day, and directories named as if they were one: they cannot be placed, and the run must say so. */
  readonly unplaced: readonly string[];
  /** Prefixes outside the layout. */
  readonly strays: readonly string[];
}

/**
 * Finds the partitions of a spool in both of its layouts, mixed as they may be: `…/symbol=Y/YYYY-MM-DD_HH-MM-SS.parquet`
 * with the day in the name and `…/symbol=Y/date=YYYYMMDD/part-….parquet` with the day in the directory (decision C-02).
 */
export function discoverPartitions(
  raw: ObjectStore,
  filter: PartitionFilter,
  signal: AbortSignal,
): Discovery {
  const walk = walkPrefixes(raw, {
    root: '',
    listLeaves: true,
    concurrency: LIST_CONCURRENCY,
    signal,
    levels: [
      level('exchange', (value) => filter.exchanges?.has(value) ?? true),
      level('stream', (value) => filter.streams?.has(value) ?? true),
      level('symbol', (value) => filter.symbols?.has(value) ?? true),
      { ...level('date', (value) => isWantedDay(value, filter)), optional: true },
    ],
  });
  const found = { ignoredCount: 0, unplaced: [] as string[] };
  return {
    partitions: () => groupLeaves(walk, filter, found),
    get listCount() {
      return walk.listCount;
    },
    get ignoredCount() {
      return found.ignoredCount;
    },
    get unplaced() {
      return [...found.unplaced, ...walk.strays.filter((prefix) => prefix.endsWith('.parquet/'))];
    },
    strays: walk.strays,
  };
}

/** A level of the walk that must be there. */
export function level(name: string, include: (value: string) => boolean): WalkLevel {
  return { name, optional: false, include };
}

/** Whether a `date=` directory is of a day that is wanted. */
export function isWantedDay(text: string, filter: PartitionFilter): boolean {
  const day = dayOf(text);
  return day !== undefined && filter.includesDay(day);
}

/** The day of a `date=YYYYMMDD` directory; `undefined` for any other text. */
export function dayOf(text: string): UtcDay | undefined {
  if (!/^\d{8}$/.test(text)) return undefined;
  try {
    return parseUtcDay(text);
  } catch (error) {
    if (isLakeError(error, 'invalid')) return undefined;
    throw error;
  }
}

interface Found {
  ignoredCount: number;
  readonly unplaced: string[];
}

/** The leaves of one symbol follow each other; both layouts of a day are one partition. */
async function* groupLeaves(
  walk: PrefixWalk,
  filter: PartitionFilter,
  found: Found,
): AsyncGenerator<SpoolPartition> {
  let symbol: WalkLeaf | undefined;
  let days = new Map<UtcDay, ObjectMeta[]>();
  for await (const leaf of walk.leaves()) {
    if (symbol !== undefined && !isSameSymbol(symbol, leaf)) {
      yield* partitionsOf(symbol, days);
      days = new Map();
    }
    symbol = leaf;
    placeObjects(leaf, days, filter, found);
  }
  if (symbol !== undefined) yield* partitionsOf(symbol, days);
}

function isSameSymbol(a: WalkLeaf, b: WalkLeaf): boolean {
  return ['exchange', 'stream', 'symbol'].every((name) => a.values[name] === b.values[name]);
}

function placeObjects(
  leaf: WalkLeaf,
  days: Map<UtcDay, ObjectMeta[]>,
  filter: PartitionFilter,
  found: Found,
): void {
  const date = leaf.values['date'];
  for (const object of leaf.objects) {
    const verdict = classifySpoolName(nameOf(object.key), { dated: date !== undefined });
    if (verdict.kind === 'ignored') found.ignoredCount++;
    else if (verdict.kind === 'unplaced') found.unplaced.push(object.key);
    else {
      const day = date === undefined ? verdict.day : parseUtcDay(date);
      if (day === undefined || !filter.includesDay(day)) continue;
      const objects = days.get(day);
      if (objects === undefined) days.set(day, [object]);
      else objects.push(object);
    }
  }
}

function* partitionsOf(
  { values }: WalkLeaf,
  days: ReadonlyMap<UtcDay, ObjectMeta[]>,
): Generator<SpoolPartition> {
  const { exchange = '', stream = '', symbol = '' } = values;
  for (const day of [...days.keys()].sort()) {
    const sources = [...(days.get(day) ?? [])].sort(bySourceOrder);
    yield { key: { exchange, stream, symbol, day }, sources };
  }
}

/** By file name, which is the order of ties (decision C-01); by key where both layouts hold one name. */
function bySourceOrder(a: ObjectMeta, b: ObjectMeta): number {
  return compareUtf8(nameOf(a.key), nameOf(b.key)) || compareUtf8(a.key, b.key);
}
