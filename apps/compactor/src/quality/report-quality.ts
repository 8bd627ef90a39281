import type { Arena } from '@ticklake/columnar';
import { addDays, compactDay, mapBounded, type UtcDay } from '@ticklake/core';
import type { ObjectStore } from '@ticklake/storage';
import { discoverPartitions, type NameFilters } from '../discover-partitions.js';
import type { Meta } from '../documents.js';
import { nameOf } from '../inspect-source.js';
import { INSPECT_CONCURRENCY } from '../limits.js';
import { partitionId, type PartitionKey } from '../partition-key.js';
import { publishedManifests } from '../published-partitions.js';
import { quarantinedPartitions } from '../quarantined-partitions.js';
import { standingOf } from '../standing.js';
import { readLedger, type DayLedgerReport } from './read-ledger.js';
import { scanPartition, type PartitionScan, type ScanFailure } from './scan-partition.js';
import type { Trouble } from './troubles.js';

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
  const { published, unreadable } = await readMetas(request);
  const spooled = await readSpool(request, published);
  const quarantined = await findQuarantined(request);
  const wanted = new Set(days);
  const shown = [...published.values()].filter(({ key }) => wanted.has(key.day)).sort(byDayAndName);
  const partitions = await mapBounded(shown, INSPECT_CONCURRENCY, async ({ key, meta }) => ({
    ...describePartition(key, meta, raw === undefined ? undefined : spooled.get(partitionId(key))),
    scan: request.scan ? await scanPartition(key, request) : undefined,
  }));
  const names = [...published.values()].map(({ key }) => key);
  const ledgers = raw === undefined ? [] : await mapBounded(days, 2, (day) => readLedger(raw, day));
  return {
    days: days.map((day, i) =>
      describeDay(day, {
        ledger: ledgers[i],
        partitions: partitions.filter((partition) => partition.day === day),
        before: names.filter((key) => key.day === addDays(day, -1)),
        quarantined: quarantined.filter((key) => key.day === day),
        unreadable: unreadable.filter((key) => key.day === day),
      }),
    ),
    partitions,
  };
}

/** `exchange/stream/symbol`. */
export function streamName({ exchange, stream, symbol }: Omit<PartitionKey, 'day'>): string {
  return [exchange, stream, symbol].join('/');
}

/** Whether the rows of a partition could be looked at. */
export function isScanned(scan: PartitionQuality['scan']): scan is PartitionScan {
  return scan !== undefined && !('failure' in scan);
}

interface Published {
  readonly key: PartitionKey;
  readonly meta: Meta;
}

async function readMetas({ compact, days, filter, signal }: QualityRequest): Promise<{
  readonly published: ReadonlyMap<string, Published>;
  readonly unreadable: readonly PartitionKey[];
}> {
  // The day before the first one too, to know what is missing on the first.
  const wanted = new Set(days.map(compactDay));
  if (days[0] !== undefined) wanted.add(compactDay(addDays(days[0], -1)));
  const published = new Map<string, Published>();
  const unreadable: PartitionKey[] = [];
  const within = { ...filter, includesDay: (day: UtcDay) => wanted.has(compactDay(day)) };
  for await (const { key, meta } of publishedManifests(compact, within, signal)) {
    if (meta === undefined) unreadable.push(key);
    else published.set(partitionId(key), { key, meta });
  }
  return { published, unreadable };
}

/** How a partition stands to the spool. */
interface Spooled {
  readonly stale: boolean;
  readonly lateFiles: number;
}

async function readSpool(
  { compact, raw, days, filter, signal }: QualityRequest,
  published: ReadonlyMap<string, Published>,
): Promise<ReadonlyMap<string, Spooled>> {
  const spooled = new Map<string, Spooled>();
  if (raw === undefined) return spooled;
  const wanted = new Set(days);
  const discovery = discoverPartitions(raw, { ...filter, includesDay: (day) => wanted.has(day) }, signal);
  for await (const { key, sources } of discovery.partitions()) {
    const meta = published.get(partitionId(key))?.meta;
    if (meta === undefined) continue;
    const known = new Set(meta.sources.map(({ name }) => name));
    spooled.set(partitionId(key), {
      stale: (await standingOf(compact, key, meta, sources)) !== 'current',
      lateFiles: sources.filter((object) => !known.has(nameOf(object.key))).length,
    });
  }
  return spooled;
}

async function findQuarantined({ compact, days, filter, signal }: QualityRequest): Promise<PartitionKey[]> {
  const wanted = new Set(days);
  const within = { ...filter, includesDay: (day: UtcDay) => wanted.has(day) };
  const found: PartitionKey[] = [];
  for await (const { key } of quarantinedPartitions(compact, within, signal)) found.push(key);
  return found;
}

function describePartition(
  key: PartitionKey,
  meta: Meta,
  spooled: Spooled | undefined,
): Omit<PartitionQuality, 'scan'> {
  return {
    ...key,
    rows: meta.row_count,
    sourceFiles: meta.source_files,
    outOfDayRows: meta.out_of_day_rows ?? undefined,
    generation: meta.generation,
    complete: meta['complete'] !== false,
    lateFiles: spooled?.lateFiles,
    stale: spooled?.stale,
  };
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

function byDayAndName(a: Published, b: Published): number {
  const [left, right] = [partitionOrder(a.key), partitionOrder(b.key)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function partitionOrder(key: PartitionKey): string {
  return `${key.day}/${streamName(key)}`;
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
