import { assert, LakeError, type UtcDay } from '@ticklake/core';
import type { KnownOfPartition, ViewName, ViewScheme } from '@ticklake/partition';
import { VIEW_NAMES } from '../layout/layout-document.js';
import type { TierLayout } from '../layout/tier-layout.js';
import type { ReadRequest } from './read-request.js';

/** A way to find the partitions of a read. */
export interface Route {
  readonly view: ViewName;
  /** What would be listed, from the root of the tier; none where every path is known. */
  readonly prefixes: readonly string[];
  /** How many names listings are expected to have. */
  readonly names: number;
  /** What all of it is expected to cost, listings, manifests and rows, in bytes. */
  readonly bytes: number;
}

/** How a read is done: a value, to be printed and tested (RD-07). */
export interface ReadPlan {
  readonly route: Route;
  /** The others, the cheapest first. */
  readonly others: readonly Route[];
}

/**
 * How many values a name is expected to have in a lake that nothing is known of. What matters is which view lists less, and by how many
 * times; every path has all of the names, so that views differ in nothing else.
 */
const FAN_OUT: Readonly<Record<string, number>> = {
  year: 5,
  month: 12,
  day: 30,
  venue: 8,
  type: 4,
  instrument: 400,
  dataType: 5,
  timeframe: 6,
};

/** What things cost, in bytes that could be read in the meantime. */
const COST = { request: 20_000, name: 250, manifest: 4_000, availabilityRows: 400_000 };

/** Listings of a route, at most; a route of more lists months, years or everything instead. */
const PREFIXES_MAX = 1_000;

/**
 * Chooses the view that a read costs least in (RD-04…08, D-07b); of equal ones the one that the guide's reader takes. Paths are from the
 * root of the tier.
 *
 * @throws LakeError `invalid` (`NAME`) for names that no path can have, or that contradict one another.
 */
export function planRead(layout: TierLayout, request: ReadRequest): ReadPlan {
  const schemes = layout.document.tier === 'availability' ? layout.availability : layout.market;
  const routes = [...schemes.values()]
    .filter((scheme) => canAnswer(scheme, request))
    .map((scheme) => cheapestRoute(scheme as ViewScheme<unknown>, request, layout));
  routes.sort((a, b) => a.bytes - b.bytes || preference(a.view, request) - preference(b.view, request));
  const [route, ...others] = routes;
  assert(route !== undefined, 'the primary view answers everything');
  return { route, others };
}

/** Views that hold candles only have nothing of other data types; views of a venue or a type nothing that is not of one. */
function canAnswer({ view }: { readonly view: ViewName }, { tier, known }: ReadRequest): boolean {
  if (view === 'by_timeframe') return known.timeframe !== undefined || /^ohlcv_/.test(known.dataType ?? '');
  if (tier !== 'availability') return true;
  if (view === 'by_venue') return known.venue !== undefined;
  return view !== 'by_instrument_type' || known.instrumentType !== undefined;
}

/** The order of the guide's reader: with a venue and an instrument the day, with one of them its own view. */
function preference(view: ViewName, { known, tier }: ReadRequest): number {
  const { venue, instrument, timeframe, instrumentType } = known;
  const first: readonly (ViewName | false)[] =
    tier === 'availability'
      ? [venue !== undefined && 'by_venue', instrumentType !== undefined && 'by_instrument_type']
      : [
          venue !== undefined && instrument !== undefined && 'by_date',
          venue !== undefined && 'by_venue',
          instrument !== undefined && 'by_instrument_id',
          timeframe !== undefined && 'by_timeframe',
        ];
  const order = [...first.filter((one) => one !== false), 'by_date' as const, ...VIEW_NAMES];
  return order.indexOf(view);
}

/** Of listing each day, each month, each year, or all of them at once. */
function cheapestRoute(scheme: ViewScheme<unknown>, request: ReadRequest, layout: TierLayout): Route {
  const { days, known } = request;
  const steps: readonly (readonly KnownOfPartition[])[] =
    days === undefined
      ? [[known]]
      : [
          days.map((day) => ({ ...known, day })),
          distinct(days, 7).map((month) => ({ ...known, ...yearMonth(month) })),
          distinct(days, 4).map((year) => ({ ...known, year: Number(year) })),
        ];
  const routes = steps.map((step) => routeOf(scheme, { step, request, layout }));
  const few = routes.filter(({ prefixes }) => prefixes.length <= PREFIXES_MAX);
  if (few.length > 0) return few.reduce((best, one) => (one.bytes < best.bytes ? one : best));
  throw new LakeError('invalid', 'a read has too many days', {
    code: 'DATE',
    details: { days: days?.length },
  });
}

function routeOf(
  scheme: ViewScheme<unknown>,
  {
    step,
    request,
    layout,
  }: {
    readonly step: readonly KnownOfPartition[];
    readonly request: ReadRequest;
    readonly layout: TierLayout;
  },
): Route {
  const prefixes = [...new Set(step.map((known) => scheme.prefix(known)))];
  const [first] = step;
  assert(first !== undefined, 'a read has a day');
  const { isExact, perPrefix } = namesBelow(scheme.fields, first);
  const partitions = wantedPartitions(scheme.fields, request);
  const names = isExact ? 0 : prefixes.length * perPrefix;
  const listings = isExact ? 0 : prefixes.length * COST.request + names * COST.name;
  const bytes = listings + partitions * (COST.request + COST.manifest) + rowBytes(scheme, request, layout);
  return { view: scheme.view, prefixes: isExact ? [] : prefixes, names, bytes: Math.round(bytes) };
}

/** How many names a prefix lists: what its path says after what is known in front, where that does not follow from the front. */
function namesBelow(fields: readonly string[], known: KnownOfPartition) {
  const fixed = fixedFields(known);
  const first = fields.findIndex((field) => !fixed.has(field));
  if (first < 0) return { isExact: true, perPrefix: 1 };
  const follows = new Set(fields.slice(0, first).includes('instrument') ? ['venue', 'type'] : []);
  const open = fields.slice(first).filter((field) => !follows.has(field));
  return { isExact: false, perPrefix: product(open.map((field) => fanOut(field, fields, known))) };
}

function wantedPartitions(fields: readonly string[], { days, known }: ReadRequest): number {
  const names = new Set(fields.filter((field) => !['year', 'month', 'day'].includes(field)));
  const open = [...names].filter((field) => !fixedFields(known).has(field));
  return (days?.length ?? 365) * product(open.map((field) => fanOut(field, fields, known)));
}

/** Copies of availability have the rows of one venue or type only; those of other tiers have the same rows. */
function rowBytes(
  { view }: ViewScheme<unknown>,
  { days, tier }: ReadRequest,
  { document }: TierLayout,
): number {
  if (tier !== 'availability') return 0;
  const share = document.copies === 'primary' || view === 'by_date' ? 1 : view === 'by_venue' ? 8 : 4;
  return ((days?.length ?? 365) * COST.availabilityRows) / share;
}

/** An instrument is one of those of its venue and type, where a path has these before it or they are known. */
function fanOut(field: string, fields: readonly string[], known: KnownOfPartition): number {
  const all = FAN_OUT[field] ?? 1;
  const fixed = fixedFields(known);
  if (field === 'timeframe' && fields.includes('dataType')) return 1;
  if (field !== 'instrument') return all;
  const narrowed = (name: string) => (fixed.has(name) || fields.includes(name) ? (FAN_OUT[name] ?? 1) : 1);
  return Math.max(1, all / narrowed('venue') / narrowed('type'));
}

/** Names that follow from those that are known. */
function fixedFields(known: KnownOfPartition): ReadonlySet<string> {
  const { day, year, month, instrument, venue, instrumentType, dataType, timeframe } = known;
  const isInstrument = instrument !== undefined;
  const isDataType = dataType !== undefined || timeframe !== undefined;
  const all: Readonly<Record<string, boolean>> = {
    year: day !== undefined || year !== undefined,
    month: day !== undefined || month !== undefined,
    day: day !== undefined,
    venue: isInstrument || venue !== undefined,
    type: isInstrument || instrumentType !== undefined,
    instrument: isInstrument,
    dataType: isDataType,
    timeframe: isDataType,
  };
  return new Set(Object.keys(all).filter((name) => all[name]));
}

function distinct(days: readonly UtcDay[], length: number): readonly string[] {
  return [...new Set(days.map((day) => day.slice(0, length)))];
}

function yearMonth(text: string) {
  return { year: Number(text.slice(0, 4)), month: Number(text.slice(5, 7)) };
}

function product(factors: readonly number[]): number {
  return factors.reduce((all, one) => all * one, 1);
}
