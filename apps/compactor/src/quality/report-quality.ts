import type { Arena } from '@ticklake/columnar';
import { addDays, compactDay, compareUtf8, mapBounded, type UtcDay } from '@ticklake/core';
import type { ObjectMeta, ObjectStore } from '@ticklake/storage';
import { discoverPartitions, type NameFilters } from '../discover-partitions.js';
import type { Meta } from '../documents.js';
import { nameOf } from '../inspect-source.js';
import { INSPECT_CONCURRENCY } from '../limits.js';
import type { PartitionKey } from '../partition-key.js';
import { publishedManifests } from '../published-partitions.js';
import { quarantinedPartitions } from '../quarantined-partitions.js';
import { standingOf } from '../standing.js';
import { readLedger, type DayLedgerReport } from './read-ledger.js';
import { scanPartition, type PartitionScan, type ScanFailure } from './scan-partition.js';
import type { Trouble } from './troubles.js';
import { walkAlong } from './walk-along.js';

/** How one published partition stands. */
export interface PartitionQuality extends PartitionKey {
  readonly rows: number;
  readonly sourceFiles: number;
  /** Rows whose `ts_event` is of another day; `undefined` where the unit is not known. */
  readonly outOfDayRows: number | undefined;
  /** 1 for the first publication; every replacement, such as a merge of late files, adds one. */
  readonly generation: number;
  /** Whether no input was left out. */
  readonly complete: boolean;
  /** Files that came after publication; known, like {@link stale}, only with the spool at hand. */
  readonly lateFiles: number | undefined;
  readonly stale: boolean | undefined;
  /** Absent where rows were not looked at. */
  readonly scan: PartitionScan | ScanFailure | undefined;
}

/**
 * How one day stands. Each trouble lists the partitions that have it, named `exchange/stream/symbol`: `missing`, published
 * on the day before but not on this one; `quarantined`, not published or not rebuilt because of damaged files;
 * `unreadable`, with a `meta.json` that is not ours or is damaged, or with data that cannot be read; `stale`, files came
 * after publication or sources are gone; `incomplete`, published without inputs that were damaged; `gaps`, silent for
 * too long; `ids`, trades are missing or doubled by their ids; `clock`, times of arrival that jump or are implausible.
 */
export interface DayQuality extends Readonly<Record<Trouble, readonly string[]>> {
  readonly day: UtcDay;
  /** What the collector's own ledger says; absent without the spool. */
  readonly ledger: DayLedgerReport | undefined;
  readonly partitions: number;
  readonly rows: number;
  readonly sourceFiles: number;
  /** Rows whose `ts_event` is of another day, where the unit is known. */
  readonly outOfDayRows: number;
  readonly lateFiles: number;
}

/** The days of a report and the partitions published on them, both ascending; partitions of a day by name. */
export interface QualityReport {
  readonly days: readonly DayQuality[];
  readonly partitions: readonly PartitionQuality[];
}

/** What to report on. */
export interface QualityRequest {
  readonly compact: ObjectStore;
  readonly raw: ObjectStore | undefined;
  readonly days: readonly UtcDay[];
  readonly filter: NameFilters;
  /** Whether the rows of the partitions are looked at, not only their manifests. */
  readonly scan: boolean;
  /** How long a stream may be silent, in milliseconds. */
  silenceMs(stream: string): number;
  /** Holds the rows that are looked at. */
  readonly arena: Arena;
  readonly signal: AbortSignal;
}

/**
 * Reads manifests, quarantine and ledger of some days, and where asked the columns of time of their partitions (spec row
 * CM-14). A document or a data object that cannot be read is reported, not thrown.
 *
 * @throws LakeError `unavailable` or `denied` when a store cannot be listed or its manifests not be fetched, `cancelled`
 */
export async function reportQuality(request: QualityRequest): Promise<QualityReport> {
  const { days, raw } = request;
  const { published, unreadable } = await readDays(request);
  const quarantined = await findQuarantined(request);
  const wanted = new Set(days);
  const shown = published.filter(({ day }) => wanted.has(day)).sort(byDayAndName);
  const partitions = await mapBounded(shown, INSPECT_CONCURRENCY, async (facts) => ({
    ...facts,
    scan: request.scan ? await scanPartition(keyOf(facts), request) : undefined,
  }));
  const ledgers = raw === undefined ? [] : await mapBounded(days, LEDGER_DAYS, (day) => readLedger(raw, day));
  return {
    days: days.map((day, i) =>
      describeDay(day, {
        ledger: ledgers[i],
        partitions: partitions.filter((partition) => partition.day === day),
        before: published.filter((facts) => facts.day === addDays(day, -1)),
        quarantined: quarantined.filter((key) => key.day === day),
        unreadable: unreadable.filter((key) => key.day === day),
      }),
    ),
    partitions,
  };
}

/** Days whose ledgers are read together, each several windows at once. */
const LEDGER_DAYS = 2;

/** `exchange/stream/symbol`. */
export function streamName({ exchange, stream, symbol }: Omit<PartitionKey, 'day'>): string {
  return [exchange, stream, symbol].join('/');
}

/** Whether the rows of a partition could be looked at. */
export function isScanned(scan: PartitionQuality['scan']): scan is PartitionScan {
  return scan !== undefined && !('failure' in scan);
}

/** A partition before its rows are looked at. */
type PartitionFacts = Omit<PartitionQuality, 'scan'>;

/** Manifests are let go as soon as they are read: those of a busy fortnight would not fit into memory together. */
async function readDays({ compact, raw, days, filter, signal }: QualityRequest): Promise<{
  readonly published: readonly PartitionFacts[];
  readonly unreadable: readonly PartitionKey[];
}> {
  // The day before the first one too, to know what is missing on the first.
  const wanted = new Set(days.map(compactDay));
  if (days[0] !== undefined) wanted.add(compactDay(addDays(days[0], -1)));
  const within = { ...filter, includesDay: (day: UtcDay) => wanted.has(compactDay(day)) };
  const spool = raw && walkAlong(discoverPartitions(raw, within, signal).partitions());
  const published: PartitionFacts[] = [];
  const unreadable: PartitionKey[] = [];
  try {
    for await (const { key, meta } of publishedManifests(compact, within, signal)) {
      const sources = await spool?.sourcesOf(key);
      if (meta === undefined) unreadable.push(key);
      else published.push(await describePartition(compact, { key, meta, sources }));
    }
  } finally {
    await spool?.close();
  }
  return { published, unreadable };
}

async function findQuarantined({ compact, days, filter, signal }: QualityRequest): Promise<PartitionKey[]> {
  const wanted = new Set(days);
  const within = { ...filter, includesDay: (day: UtcDay) => wanted.has(day) };
  const found: PartitionKey[] = [];
  for await (const { key } of quarantinedPartitions(compact, within, signal)) found.push(key);
  return found;
}

async function describePartition(
  compact: ObjectStore,
  {
    key,
    meta,
    sources,
  }: {
    readonly key: PartitionKey;
    readonly meta: Meta;
    readonly sources: readonly ObjectMeta[] | undefined;
  },
): Promise<PartitionFacts> {
  const known = new Set(meta.sources.map(({ name }) => name));
  return {
    ...key,
    rows: meta.row_count,
    sourceFiles: meta.source_files,
    outOfDayRows: meta.out_of_day_rows ?? undefined,
    generation: meta.generation,
    complete: meta['complete'] !== false,
    lateFiles: sources?.filter((object) => !known.has(nameOf(object.key))).length,
    stale: sources && (await standingOf(compact, key, meta, sources)) !== 'current',
  };
}

function keyOf({ exchange, stream, symbol, day }: PartitionFacts): PartitionKey {
  return { exchange, stream, symbol, day };
}

interface DayFacts {
  readonly ledger: DayLedgerReport | undefined;
  readonly partitions: readonly PartitionQuality[];
  /** Published on the day before. */
  readonly before: readonly PartitionKey[];
  readonly quarantined: readonly PartitionKey[];
  readonly unreadable: readonly PartitionKey[];
}

function describeDay(day: UtcDay, facts: DayFacts): DayQuality {
  const { ledger, partitions, before, quarantined, unreadable } = facts;
  const names = new Set(partitions.map(streamName));
  const having = (has: (partition: PartitionQuality) => boolean) => partitions.filter(has).map(streamName);
  const scanned = (has: (scan: PartitionScan) => boolean) =>
    having(({ scan }) => isScanned(scan) && has(scan));
  return {
    day,
    ledger,
    partitions: partitions.length,
    rows: sum(partitions, ({ rows }) => rows),
    sourceFiles: sum(partitions, ({ sourceFiles }) => sourceFiles),
    outOfDayRows: sum(partitions, ({ outOfDayRows }) => outOfDayRows ?? 0),
    lateFiles: sum(partitions, ({ lateFiles }) => lateFiles ?? 0),
    missing: before.map(streamName).filter((name) => !names.has(name)),
    quarantined: quarantined.map(streamName),
    unreadable: [
      ...unreadable.map(streamName),
      ...having(({ scan }) => scan !== undefined && !isScanned(scan)),
    ],
    stale: having(({ stale }) => stale === true),
    incomplete: having(({ complete }) => !complete),
    gaps: scanned(({ silence }) => silence !== undefined && silence.gapCount > 0),
    ids: scanned(({ tradeIds: ids }) => ids !== undefined && ids.missing + ids.repeated + ids.unreadable > 0),
    clock: scanned(
      ({ clock }) => clock !== undefined && clock.stepsBack + clock.stepsForward + clock.far > 0,
    ),
  };
}

function byDayAndName(a: PartitionKey, b: PartitionKey): number {
  return compareUtf8(`${a.day}/${streamName(a)}`, `${b.day}/${streamName(b)}`);
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
