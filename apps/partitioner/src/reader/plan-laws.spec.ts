import { addDays, parseUtcDay } from '@ticklake/core';
import { layoutNames, type LayoutName, type Tier, type ViewName } from '@ticklake/partition';
import fc from 'fast-check';
import { chosenViews, tierLayout, type TierLayout } from '../layout/tier-layout.js';
import { planRead } from './plan-read.js';
import { marketRequest, type MlRead } from './read-request.js';

function layoutOfTier(
  layout: LayoutName,
  tier: Tier,
  { views = [], copies = 'all' }: { views?: readonly ViewName[]; copies?: 'all' | 'primary' } = {},
): TierLayout {
  const schema_version = 'architecture-layout/1';
  const chosen = [...chosenViews({ layout, tier, views })];
  return tierLayout({ schema_version, tier, layout, raw_colons: false, views: chosen, copies });
}

const venue = 'binance';
const instrumentId = 'binance:SPOT_PAIR:BTC-USDT';
const timeframe = '1m';

it.each([
  ['a day', { from: '2023-05-23', to: '2023-05-23' }, ['by_date/year-2023/month-05/day-23/']],
  [
    'two days of two months',
    { from: '2023-05-31', to: '2023-06-01' },
    ['by_date/year-2023/month-05/day-31/', 'by_date/year-2023/month-06/day-01/'],
  ],
  ['a month', { from: '2023-05-01', to: '2023-05-31' }, ['by_date/year-2023/month-05/']],
  [
    'a turn of the year',
    { from: '2022-12-01', to: '2023-01-31' },
    ['by_date/year-2022/month-12/', 'by_date/year-2023/month-01/'],
  ],
  ['a year', { from: '2023-01-01', to: '2023-12-31' }, ['by_date/year-2023/']],
])('%s is listed at once', (_, range, prefixes) => {
  const { route } = planRead(
    layoutOfTier('dash-code', 'execution'),
    marketRequest('execution', { date: range }),
  );
  expect(route).toMatchObject({ view: 'by_date', prefixes });
});

const anyMarketRead: fc.Arbitrary<MlRead> = fc
  .record(
    {
      date: fc
        .tuple(fc.nat(400), fc.nat(100))
        .map(([first, more]) => ({ from: dayAfter(first), to: dayAfter(first + more) })),
      venue: fc.constant(venue),
      instrumentId: fc.constant(instrumentId),
      dataType: fc.constantFrom('ohlcv_1m', 'technical_features'),
      timeframe: fc.constant(timeframe),
    },
    { requiredKeys: ['date'] },
  )
  .filter(({ dataType, timeframe: frame }) => frame === undefined || dataType !== 'technical_features');

function dayAfter(count: number) {
  return addDays(parseUtcDay('2023-01-01'), count);
}

it('a plan is the same each time, names every way once, and takes the cheapest', () => {
  fc.assert(
    fc.property(anyMarketRead, fc.constantFrom(...layoutNames), (given, name) => {
      const layout = layoutOfTier(name, 'ml');
      const plan = planRead(layout, marketRequest('ml', given));
      expect(planRead(layout, marketRequest('ml', { ...given }))).toEqual(plan);
      const all = [plan.route, ...plan.others];
      expect(new Set(all.map(({ view }) => view)).size).toBe(all.length);
      const costs = all.map(({ bytes }) => bytes);
      expect(costs).toEqual([...costs].sort((a, b) => a - b));
    }),
    { numRuns: 40 },
  );
});

it('more days never cost less, and knowing more never costs more', () => {
  fc.assert(
    fc.property(anyMarketRead, fc.constantFrom(...layoutNames), fc.nat(40), (given, name, more) => {
      const layout = layoutOfTier(name, 'ml');
      const costOf = (read: MlRead) => planRead(layout, marketRequest('ml', read)).route.bytes;
      const range = given.date as { readonly from: string; readonly to: string };
      const longer = { from: range.from, to: addDays(parseUtcDay(range.to), more) };
      expect(costOf({ ...given, date: longer })).toBeGreaterThanOrEqual(costOf(given));
      expect(costOf({ ...given, venue })).toBeLessThanOrEqual(costOf(given));
      expect(costOf({ ...given, instrumentId })).toBeLessThanOrEqual(costOf(given));
      if (given.dataType !== undefined) return;
      expect(costOf({ ...given, dataType: 'ohlcv_1m' })).toBeLessThanOrEqual(costOf(given));
    }),
    { numRuns: 40 },
  );
});

it('below an instrument a venue is no choice, wherever it stands in the path', () => {
  const [dash, keys] = (['dash-code', 'hive'] as const).map((name) => {
    const { route } = planRead(layoutOfTier(name, 'execution'), marketRequest('execution', { instrumentId }));
    return [route.view, route.names];
  });
  expect(keys).toEqual(dash);
});
