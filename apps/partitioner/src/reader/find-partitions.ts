import { assert, mapBounded, type UtcDay } from '@ticklake/core';
import { parseInstrumentId, parseInstrumentType } from '@ticklake/market';
import { timeframeOf, type AvailabilityPartition, type MarketPartition } from '@ticklake/partition';
import type { ObjectStore } from '@ticklake/storage';
import type { TierLayout } from '../layout/tier-layout.js';
import { LISTINGS } from '../limits.js';
import { dataNameOf } from '../partitions/manifest.js';
import type { PartitionNames } from '../partitions/partition-names.js';
import { dataPath } from '../partitions/view-copies.js';
import type { Route } from './plan-read.js';
import type { ReadRequest } from './read-request.js';

/** A partition that may be published. */
export interface FoundPartition {
  readonly names: PartitionNames;
  /** Of its manifest and rows, from the root of the tier. */
  readonly primary: string;
  /** In the view that the read goes by. */
  readonly path: string;
}

/**
 * The partitions that a route leads to, by day, then instrument, then data type. Listings are of whole segments, so that a name never finds
 * another that it is the beginning of (RD-10, D-06); and what is not wanted is left out by its path (RD-09, D-05).
 */
export async function findPartitions(
  store: ObjectStore,
  route: Route,
  { request, layout }: { readonly request: ReadRequest; readonly layout: TierLayout },
): Promise<readonly FoundPartition[]> {
  const isMarket = layout.document.tier !== 'availability';
  const found = isMarket
    ? await marketPartitions(store, route, { request, layout })
    : availabilityPartitions(route, { request, layout });
  return [...found].sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

async function marketPartitions(
  store: ObjectStore,
  { view, prefixes }: Route,
  { request, layout }: { readonly request: ReadRequest; readonly layout: TierLayout },
): Promise<readonly FoundPartition[]> {
  const scheme = layout.market.get(view);
  assert(scheme !== undefined, 'routes are of views of the layout');
  const found = new Map<string, FoundPartition>();
  const take = (partition: MarketPartition) => {
    if (!isWanted(partition, request)) return;
    const { primary } = layout.marketPaths(partition);
    found.set(primary, { names: namesOf(partition, request), primary, path: scheme.format(partition) });
  };
  if (prefixes.length === 0) exactPartitions(request).forEach(take);
  await mapBounded(prefixes, LISTINGS, async (prefix) => {
    for await (const { key } of store.list(prefix)) {
      const path = dataPath(key) ?? pathOfManifest(key);
      const partition = path === undefined ? undefined : scheme.parse(path);
      if (partition !== undefined) take(partition);
    }
  });
  return [...found.values()];
}

/** A partition whose rows are gone is found by its manifest, so that they are missed. */
function pathOfManifest(key: string): string | undefined {
  const end = key.lastIndexOf('/') + 1;
  const name = dataNameOf(key.slice(end));
  return name === undefined ? undefined : key.slice(0, end) + name;
}

function exactPartitions({ days, known }: ReadRequest): readonly MarketPartition[] {
  const { instrument, dataType = known.timeframe && `ohlcv_${known.timeframe}` } = known;
  assert(days !== undefined && instrument !== undefined && dataType !== undefined, 'every name is known');
  return days.map((day) => ({ day, instrument, dataType, timeframe: timeframeOf(dataType) }));
}

function isWanted({ day, instrument, dataType, timeframe }: MarketPartition, request: ReadRequest): boolean {
  const { known } = request;
  return (
    isWantedDay(day, request) &&
    (known.instrument === undefined || known.instrument === instrument) &&
    (known.venue === undefined || known.venue === parseInstrumentId(instrument).venue) &&
    (known.dataType === undefined || known.dataType === dataType) &&
    (known.timeframe === undefined || known.timeframe === timeframe)
  );
}

/** Days are in order, without gaps. */
function isWantedDay(day: UtcDay, { days }: ReadRequest): boolean {
  if (days === undefined) return true;
  return day >= (days[0] as UtcDay) && day <= (days.at(-1) as UtcDay);
}

function namesOf(
  { day, instrument, dataType, timeframe }: MarketPartition,
  { tier }: ReadRequest,
): PartitionNames {
  return { tier, dataType, day, venue: parseInstrumentId(instrument).venue, instrument, timeframe };
}

function availabilityPartitions(
  { view }: Route,
  { request, layout }: { readonly request: ReadRequest; readonly layout: TierLayout },
): readonly FoundPartition[] {
  const { days = [], known } = request;
  const { venue, instrumentType } = known;
  const own = (day: UtcDay): AvailabilityPartition =>
    view === 'by_venue'
      ? { day, venue }
      : view === 'by_instrument_type'
        ? { day, instrumentType: instrumentType && parseInstrumentType(instrumentType) }
        : { day };
  const none = { venue: undefined, instrument: undefined, timeframe: undefined };
  return days.map((day) => ({
    names: { tier: 'availability', dataType: 'available_instruments', day, ...none },
    primary: layout.availabilityPath('by_date', { day }),
    path: layout.availabilityPath(view, own(day)),
  }));
}

function orderOf({ names: { day, instrument = '', dataType } }: FoundPartition): string {
  return `${day} ${instrument} ${dataType}`;
}
