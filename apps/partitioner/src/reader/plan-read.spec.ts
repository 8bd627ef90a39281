import { layoutNames, type LayoutName, type Tier, type ViewName } from '@ticklake/partition';
import { chosenViews, tierLayout } from '../layout/tier-layout.js';
import { planRead } from './plan-read.js';
import { availabilityRequest, marketRequest, type MlRead, type ReadRequest } from './read-request.js';

/** A tier in which nothing is published. */
function layoutOfTier(layout: LayoutName, tier: Tier, views: readonly ViewName[] = []) {
  return tierLayout({
    ...{ schema_version: 'architecture-layout/1', tier, layout, raw_colons: false, copies: 'all' },
    views: [...chosenViews({ layout, tier, views })],
  });
}

const DATE = '2023-05-23';
const BTC = 'binance:SPOT_PAIR:BTC-USDT';
const VENUE = { venue: 'binance' };
const INSTRUMENT = { instrumentId: BTC };

/** Which view the guide's reader takes (RD-04 … RD-08). */
const ROUTES: readonly (readonly [MlRead, ViewName])[] = [
  [{ date: DATE, ...VENUE, ...INSTRUMENT }, 'by_date'],
  [{ date: DATE, ...VENUE }, 'by_venue'],
  [{ date: DATE, ...INSTRUMENT }, 'by_instrument_id'],
  [{ date: DATE }, 'by_date'],
  [INSTRUMENT, 'by_instrument_id'],
];

const viewOf = (layout: LayoutName, request: ReadRequest) =>
  planRead(layoutOfTier(layout, request.tier), request).route.view;

describe.each(layoutNames)('in %s a read goes by the view of the guide', (layout) => {
  it.each(ROUTES)('ticks of %j: %s', (given, view) => {
    // There an instrument has folders of its own in one view only, and the others would list all data types of all.
    const isShorter = layout === 'dash-diagram' && view === 'by_date' && given.instrumentId !== undefined;
    expect(viewOf(layout, marketRequest('execution', given))).toBe(isShorter ? 'by_instrument_id' : view);
    expect(viewOf(layout, marketRequest('execution', { ...given, dataType: 'trades' }))).toBe(view);
  });

  it.each(ROUTES)('candles of %j: %s', (given, view) => {
    expect(viewOf(layout, marketRequest('ml', given))).toBe(view);
    expect(viewOf(layout, marketRequest('ml', { ...given, dataType: 'technical_features' }))).toBe(view);
  });

  it('candles of a timeframe of a day', () => {
    expect(viewOf(layout, marketRequest('ml', { date: DATE, timeframe: '1m' }))).toBe('by_timeframe');
  });

  it.each([
    [{}, 'by_date'],
    [VENUE, 'by_venue'],
    [{ instrumentType: 'spot' }, 'by_instrument_type'],
    [{ ...VENUE, instrumentType: 'spot' }, 'by_venue'],
  ] as const)('instruments of a day and %j: %s', (given, view) => {
    expect(viewOf(layout, availabilityRequest({ date: DATE, ...given }))).toBe(view);
  });
});

it.each(layoutNames)('in %s what has every name is listed nowhere', (layout) => {
  const request = marketRequest('execution', { date: DATE, ...INSTRUMENT, dataType: 'trades' });
  const { route, others } = planRead(layoutOfTier(layout, 'execution'), request);
  for (const one of [route, ...others]) expect(one).toMatchObject({ prefixes: [], names: 0 });
  expect(others.map(({ view }) => view).sort()).toEqual(['by_date', 'by_type', 'by_venue']);
});

it('the other ways cost as much or more, and are told', () => {
  for (const layout of layoutNames) {
    for (const [given] of ROUTES) {
      const { route, others } = planRead(layoutOfTier(layout, 'ml'), marketRequest('ml', given));
      const bytes = [route, ...others].map((one) => one.bytes);
      expect(bytes).toEqual([...bytes].sort((a, b) => a - b));
    }
  }
});

it('a tier with one view more than the primary one is read by these', () => {
  const layout = layoutOfTier('dash-code', 'execution', ['by_venue']);
  const view = (given: MlRead) => planRead(layout, marketRequest('execution', given)).route.view;
  expect(view({ date: DATE, ...VENUE })).toBe('by_venue');
  // An instrument is of a venue.
  expect(view(INSTRUMENT)).toBe('by_venue');
  expect(view({ date: DATE })).toBe('by_date');
});

it('a range lists days, months or years, whichever costs least', () => {
  const layout = layoutOfTier('dash-code', 'execution');
  const prefixes = (from: string, to: string) =>
    planRead(layout, marketRequest('execution', { date: { from, to }, ...VENUE })).route.prefixes;
  expect(prefixes(DATE, '2023-05-24')).toEqual([
    'by_venue/venue-binance/year-2023/month-05/day-23/',
    'by_venue/venue-binance/year-2023/month-05/day-24/',
  ]);
  expect(prefixes('2023-01-01', '2023-12-31').length).toBeLessThanOrEqual(365);
  expect(prefixes('2014-01-01', '2023-12-31').length).toBeLessThanOrEqual(1000);
});

it.each(layoutNames)('in %s listings are of whole folders (D-06)', (name) => {
  const { route } = planRead(layoutOfTier(name, 'ml'), marketRequest('ml', { date: DATE, ...INSTRUMENT }));
  expect(route.prefixes).toHaveLength(1);
  expect(route.prefixes[0]).toMatch(/BTC-USDT\/.*\/$/);
});
