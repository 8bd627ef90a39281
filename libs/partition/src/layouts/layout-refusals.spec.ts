import { parseUtcDay, type UtcDay } from '@ticklake/core';

import { marketViews } from '../spec-support/all-views.js';
import { layoutNames, layoutOf, type LayoutName, type MarketPartition, type Tier } from './index.js';

const day = parseUtcDay('2023-05-23');
const instrument = 'BINANCE:SPOT_PAIR:BTC-USDT';
const ticks: MarketPartition = { day, instrument, dataType: 'trades' };
const candles: MarketPartition = { day, instrument, dataType: 'ohlcv_1m', timeframe: '1m' };

const D = 'year-2023/month-05/day-23';
const I = 'instrument-binance%3ASPOT_PAIR%3ABTC-USDT';
const ID = 'binance%3ASPOT_PAIR%3ABTC-USDT';
const H = 'year=2023/month=5/day=23';
const HI = 'instrument_id=BINANCE%3ASPOT_PAIR%3ABTC-USDT';

describe('a path is not of a view', () => {
  const parse = (name: LayoutName, tier: 'execution' | 'ml', path: string) =>
    layoutOf(name)
      .market(tier)
      .flatMap((scheme) => scheme.parse(path) ?? []);

  it.each<[string, LayoutName, 'execution' | 'ml', string]>([
    [
      'a day that is not',
      'dash-code',
      'ml',
      `by_date/year-2023/month-02/day-29/venue-binance/${I}/x.parquet`,
    ],
    [
      'a month that is not',
      'dash-code',
      'ml',
      `by_date/year-2023/month-13/day-01/venue-binance/${I}/x.parquet`,
    ],
    ['no zeros', 'dash-code', 'ml', `by_date/year-2023/month-5/day-23/venue-binance/${I}/x.parquet`],
    ['zeros', 'hive', 'ml', `by_date/year=2023/month=05/day=23/venue=BINANCE/${HI}/data_type=x/data.parquet`],
    ['another venue', 'dash-code', 'ml', `by_date/${D}/venue-okx/${I}/trades.parquet`],
    ['another type', 'dash-code', 'ml', `by_type/type-option/${D}/venue-binance/${I}/trades.parquet`],
    ['another venue in the name', 'dash-code', 'ml', `by_venue/venue-binance/${D}/${I}/okx_trades.parquet`],
    ['another symbol', 'dash-diagram', 'ml', `by_instrument_id/${I}/${D}/ethusdt_ohlcv_1m.parquet`],
    ['a venue in upper case', 'dash-code', 'ml', `by_date/${D}/venue-BINANCE/${I}/trades.parquet`],
    [
      'an id in upper case',
      'dash-code',
      'ml',
      `by_instrument_id/${I.replace('binance', 'BINANCE')}/${D}/x.parquet`,
    ],
    [
      'a symbol in lower case',
      'dash-diagram',
      'execution',
      `by_date/${D}/data_type-trades/${ID.replace('BTC', 'btc')}.parquet`,
    ],
    [
      'an escape in lower case',
      'dash-diagram',
      'execution',
      `by_date/${D}/data_type-trades/${ID.replaceAll('3A', '3a')}.parquet`,
    ],
    [
      'an escape of a safe letter',
      'dash-diagram',
      'execution',
      `by_date/${D}/data_type-trades/${ID.replace('B', '%42')}.parquet`,
    ],
    ['an escaped slash', 'dash-diagram', 'execution', `by_date/${D}/data_type-trades/${ID}%2F..%2Fx.parquet`],
    ['bytes that are no text', 'dash-diagram', 'execution', `by_date/${D}/data_type-trades/${ID}%FF.parquet`],
    [
      'another timeframe',
      'dash-code',
      'ml',
      `by_timeframe/timeframe-5m/${D}/venue-binance/${I}/5m_ohlcv_1m.parquet`,
    ],
    [
      'no timeframe',
      'dash-code',
      'ml',
      `by_timeframe/timeframe-1m/${D}/venue-binance/${I}/1m_trades.parquet`,
    ],
    [
      'a timeframe of ticks',
      'hive',
      'ml',
      `by_date/${H}/venue=BINANCE/${HI}/data_type=trades/timeframe=1m/data.parquet`,
    ],
    [
      'the root twice',
      'dash-code',
      'execution',
      `execution_data/by_date/${D}/venue-binance/${I}/trades.parquet`,
    ],
    ['a directory', 'dash-code', 'execution', `by_date/${D}/venue-binance/${I}/`],
  ])('%s: %s, %s, %s', (_, name, tier, path) => {
    expect(parse(name, tier, path)).toEqual([]);
  });

  it.each(['X', '_'])('of twenty megabytes of %s, which no expression may choke on', (text) => {
    const more = text.repeat(20_000_000);
    for (const { scheme, rawColons } of marketViews) {
      // Both spellings are read, whichever is written.
      if (rawColons) continue;
      const path = scheme.format(candles);
      expect(scheme.parse(path.replace('BTC', `BTC${more}`))).toBeUndefined();
      expect(scheme.parse(path.replace('ohlcv', `ohlcv${more}`))).toBeUndefined();
    }
  });

  it.each(layoutNames)('of another view or tier: %s', (name) => {
    const layout = layoutOf(name);
    const keys = new Map<string, { root: string; path: string }>();
    const add = (tier: Tier, path: string) => keys.set(`${tier}/${path}`, { root: layout.roots[tier], path });
    for (const scheme of layout.market('ml')) add('ml', scheme.format(candles));
    const partitions = [{ day }, { day, venue: 'BINANCE' }, { day, instrumentType: 'SPOT_PAIR' }];
    layout.availability().forEach((scheme, i) => add('availability', scheme.format(partitions[i]!)));
    const readers = [...layout.market('ml'), ...layout.availability()];
    for (const { path } of keys.values()) {
      expect(readers.filter((scheme) => scheme.parse(path) !== undefined)).toHaveLength(1);
    }
    expect(new Set([...keys.values()].map(({ root, path }) => `${root}/${path}`)).size).toBe(keys.size);
  });
});

describe('a partition cannot be written', () => {
  const long = `BINANCE:SPOT_PAIR:${'X'.repeat(200)}`;
  it.each<[string, Partial<MarketPartition>]>([
    ...['', 'BTC', 'BINANCE:BTC', 'A:SPOT_PAIR:B:C', 'binance:SPOT_PAIR:BTC', 'BINANCE:Perp:BTC', long].map(
      (id): [string, Partial<MarketPartition>] => ['no id', { instrument: id }],
    ),
    ...[
      '',
      '..',
      '.',
      'X.',
      'X ',
      ' X',
      '-',
      'A/B',
      'A\\B',
      'A\0',
      'A\n',
      'a',
      'ß',
      '\ud800',
      '../../X',
      '_'.repeat(70),
    ].map((symbol): [string, Partial<MarketPartition>] => [
      'no symbol',
      { instrument: `BINANCE:SPOT_PAIR:${symbol}` },
    ]),
    ...['', '..', '.X', 'A.', 'AUX.B', 'CON', 'NUL', 'COM1', 'A/B', 'É', '-A', 'A'.repeat(65)].map(
      (venue): [string, Partial<MarketPartition>] => ['no venue', { instrument: `${venue}:SPOT_PAIR:BTC` }],
    ),
    ['a type whose directory is taken', { instrument: 'BINANCE:SPOT:BTC-USDT' }],
    ['a type that is a property of objects', { instrument: 'BINANCE:__PROTO__:BTC-USDT' }],
    ...['', '..', 'Trades', 'con', 'nul', 'a/b', 'a.b', 'a b', '_a', 'a'.repeat(65)].map(
      (dataType): [string, Partial<MarketPartition>] => ['no data type', { dataType }],
    ),
    ['a timeframe of ticks', { timeframe: '1m' }],
    ['candles without their timeframe', { dataType: 'ohlcv_1m' }],
    ['candles with another timeframe', { dataType: 'ohlcv_1m', timeframe: '5m' }],
    ['a day without dashes', { day: '20230523' as UtcDay }],
  ])('%s: %j', (_, change) => {
    for (const { scheme } of marketViews) {
      expect(() => scheme.format({ ...ticks, ...change })).toThrow(
        expect.objectContaining({ kind: 'invalid', code: 'NAME' }),
      );
    }
  });

  it('ticks by timeframe', () => {
    const byTimeframe = marketViews.filter(({ scheme }) => scheme.view === 'by_timeframe');
    expect(byTimeframe).toHaveLength(6);
    for (const { scheme } of byTimeframe) {
      // Hive has a name for what is not there; a view by timeframe has no place for it all the same.
      expect(() => scheme.format(ticks)).toThrow(expect.objectContaining({ kind: 'invalid', code: 'NAME' }));
    }
  });
});
