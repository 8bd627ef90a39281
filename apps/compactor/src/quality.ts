import { addDays, compactDay, type UtcDay } from '@ticklake/core';
import { readQuarantine } from '@ticklake/jobs';
import { withPrefix, type ObjectStore } from '@ticklake/storage';
import { discoverPartitions, type NameFilters } from './discover-partitions.js';
import type { Meta } from './documents.js';
import { partitionId, quarantineDirectory, type PartitionKey } from './partition-key.js';
import { publishedManifests, publishedPartitions } from './published-partitions.js';
import { standingOf } from './standing.js';

/** How one day stands. Partitions are named `exchange/stream/symbol`. */
export interface DayQuality {
  readonly day: UtcDay;
  readonly partitions: number;
  readonly rows: number;
  readonly sourceFiles: number;
  /** Rows whose `ts_event` is of another day, where the unit is known. */
  readonly outOfDayRows: number;
  /** Published on the day before, but not on this one. */
  readonly missing: readonly string[];
  /** Not published, or not rebuilt, because of damaged files. */
  readonly quarantined: readonly string[];
  /** Published, but with a `meta.json` that is not ours or is damaged: nothing is known about it here. */
  readonly unreadable: readonly string[];
  /** Files came after publication, or sources are gone; known only with the spool at hand. */
  readonly stale: readonly string[];
}

/** The days of a report, ascending. */
export interface QualityReport {
  readonly days: readonly DayQuality[];
}

/** What to report on. */
export interface QualityRequest {
  readonly compact: ObjectStore;
  readonly raw: ObjectStore | undefined;
  readonly days: readonly UtcDay[];
  readonly filter: NameFilters;
  readonly signal: AbortSignal;
}

/**
 * Reads the manifests and the quarantine of some days, no data (spec row CM-14). What cannot be read is reported,
 * never thrown.
 */
export async function reportQuality(request: QualityRequest): Promise<QualityReport> {
  const { metas, unreadable } = await readMetas(request);
  const stale = await findStale(request, metas);
  const quarantined = await findQuarantined(request);
  const days: DayQuality[] = [];
  for (const day of request.days) {
    const here = [...metas.values()].filter(({ key }) => key.day === day);
    const names = new Set(here.map(({ key }) => nameOf(key)));
    const before = [...metas.values()].filter(({ key }) => key.day === addDays(day, -1));
    days.push({
      day,
      partitions: here.length,
      rows: sum(here, ({ meta }) => meta.row_count),
      sourceFiles: sum(here, ({ meta }) => meta.source_files),
      outOfDayRows: sum(here, ({ meta }) => meta.out_of_day_rows ?? 0),
      missing: before.map(({ key }) => nameOf(key)).filter((name) => !names.has(name)),
      quarantined: quarantined.filter((key) => key.day === day).map(nameOf),
      unreadable: unreadable.filter((key) => key.day === day).map(nameOf),
      stale: stale.filter((key) => key.day === day).map(nameOf),
    });
  }
  return { days };
}

const TROUBLES = ['missing', 'quarantined', 'unreadable', 'stale'] as const;

/** A table for people. */
export function reportText({ days }: QualityReport): string {
  const header = ['day', 'partitions', 'rows', 'files', 'out-of-day', ...TROUBLES];
  const rows = days.map((day) => [
    day.day,
    ...[day.partitions, day.rows, day.sourceFiles, day.outOfDayRows].map(String),
    ...TROUBLES.map((trouble) => String(day[trouble].length)),
  ]);
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) => cells.map((cell, i) => cell.padStart(widths[i] ?? 0)).join('  ');
  const notes = days.flatMap((day) =>
    TROUBLES.flatMap((trouble) => day[trouble].map((name) => `${day.day} ${trouble}: ${name}`)),
  );
  return [line(header), ...rows.map(line), ...notes].join('\n');
}

interface Published {
  readonly key: PartitionKey;
  readonly meta: Meta;
}

async function readMetas({ compact, days, filter, signal }: QualityRequest): Promise<{
  readonly metas: ReadonlyMap<string, Published>;
  readonly unreadable: readonly PartitionKey[];
}> {
  // The day before the first one too, to know what is missing on the first.
  const wanted = new Set(days.map(compactDay));
  if (days[0] !== undefined) wanted.add(compactDay(addDays(days[0], -1)));
  const metas = new Map<string, Published>();
  const unreadable: PartitionKey[] = [];
  const within = { ...filter, includesDay: (day: UtcDay) => wanted.has(compactDay(day)) };
  for await (const { key, meta } of publishedManifests(compact, within, signal)) {
    if (meta === undefined) unreadable.push(key);
    else metas.set(partitionId(key), { key, meta });
  }
  return { metas, unreadable };
}

async function findStale(
  { compact, raw, days, filter, signal }: QualityRequest,
  metas: ReadonlyMap<string, Published>,
): Promise<PartitionKey[]> {
  if (raw === undefined) return [];
  const wanted = new Set(days);
  const discovery = discoverPartitions(raw, { ...filter, includesDay: (day) => wanted.has(day) }, signal);
  const stale: PartitionKey[] = [];
  for await (const { key, sources } of discovery.partitions()) {
    const published = metas.get(partitionId(key));
    if (published === undefined) continue;
    if ((await standingOf(compact, key, published.meta, sources)) !== 'current') stale.push(key);
  }
  return stale;
}

async function findQuarantined({ compact, days, filter, signal }: QualityRequest): Promise<PartitionKey[]> {
  const wanted = new Set(days);
  const within = { ...filter, includesDay: (day: UtcDay) => wanted.has(day) };
  const found: PartitionKey[] = [];
  for await (const { key } of publishedPartitions(withPrefix(compact, 'QUARANTINE/'), within, signal)) {
    const record = await readQuarantine(compact, quarantineDirectory(key));
    if (record !== undefined && record.resolved_at === null) found.push(key);
  }
  return found;
}

function nameOf({ exchange, stream, symbol }: PartitionKey): string {
  return [exchange, stream, symbol].join('/');
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
