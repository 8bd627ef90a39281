import { parseUtcDay } from '@ticklake/core';

import {
  layoutOf,
  type KnownOfPartition,
  type LayoutName,
  type MarketPartition,
  type ViewName,
} from './index.js';

const day = parseUtcDay('2023-05-23');
const instrument = 'BINANCE:SPOT_PAIR:BTC-USDT';
const ticks: MarketPartition = { day, instrument, dataType: 'trades' };
const candles: MarketPartition = { day, instrument, dataType: 'ohlcv_1m', timeframe: '1m' };

const D = 'year-2023/month-05/day-23';
const I = 'instrument-binance%3ASPOT_PAIR%3ABTC-USDT';
const ID = 'binance%3ASPOT_PAIR%3ABTC-USDT';
const H = 'year=2023/month=5/day=23';
const HI = 'instrument_id=BINANCE%3ASPOT_PAIR%3ABTC-USDT';
const NONE = '__HIVE_DEFAULT_PARTITION__';

describe.each<[LayoutName, 'execution' | 'ml', MarketPartition, string[]]>([
  [
    'dash-code',
    'execution',
    ticks,
    [
      `execution_data/by_date/${D}/venue-binance/${I}/trades.parquet`,
      `execution_data/by_venue/venue-binance/${D}/${I}/binance_trades.parquet`,
      `execution_data/by_instrument_id/${I}/${D}/${ID}_trades.parquet`,
      `execution_data/by_type/type-spot/${D}/venue-binance/${I}/trades.parquet`,
    ],
  ],
  [
    'dash-code',
    'ml',
    candles,
    [
      `ml_data/by_date/${D}/venue-binance/${I}/ohlcv_1m.parquet`,
      `ml_data/by_venue/venue-binance/${D}/${I}/binance_ohlcv_1m.parquet`,
      `ml_data/by_instrument_id/${I}/${D}/${ID}_ohlcv_1m.parquet`,
      `ml_data/by_type/type-spot/${D}/venue-binance/${I}/ohlcv_1m.parquet`,
      `ml_data/by_timeframe/timeframe-1m/${D}/venue-binance/${I}/1m_ohlcv_1m.parquet`,
    ],
  ],
  [
    'dash-diagram',
    'execution',
    ticks,
    [
      `raw_tick_data/by_date/${D}/data_type-trades/${ID}.parquet`,
      `raw_tick_data/by_venue/venue-binance/${D}/data_type-trades/${ID}.parquet`,
      `raw_tick_data/by_type/type-spot/${D}/data_type-trades/${ID}.parquet`,
      `raw_tick_data/by_instrument_id/${I}/${D}/data_type-trades/${ID}.parquet`,
    ],
  ],
  [
    'dash-diagram',
    'ml',
    candles,
    [
      `daily/by_date/${D}/venue-binance/${I}/ohlcv_1m.parquet`,
      `daily/by_venue/venue-binance/${D}/${I}/binance_ohlcv_1m.parquet`,
      `daily/by_instrument_id/${I}/${D}/btcusdt_ohlcv_1m.parquet`,
      `daily/by_timeframe/timeframe-1m/${D}/venue-binance/${I}/1m_ohlcv_1m.parquet`,
    ],
  ],
  [
    'hive',
    'execution',
    ticks,
    [
      `execution_data/by_date/${H}/venue=BINANCE/${HI}/data_type=trades/data.parquet`,
      `execution_data/by_venue/venue=BINANCE/${H}/${HI}/data_type=trades/data.parquet`,
      `execution_data/by_type/instrument_type=SPOT_PAIR/${H}/venue=BINANCE/${HI}/data_type=trades/data.parquet`,
      `execution_data/by_instrument_id/${HI}/${H}/venue=BINANCE/data_type=trades/data.parquet`,
    ],
  ],
  [
    'hive',
    'ml',
    candles,
    [
      `ml_data/by_date/${H}/venue=BINANCE/${HI}/data_type=ohlcv_1m/timeframe=1m/data.parquet`,
      `ml_data/by_venue/venue=BINANCE/${H}/${HI}/data_type=ohlcv_1m/timeframe=1m/data.parquet`,
      `ml_data/by_type/instrument_type=SPOT_PAIR/${H}/venue=BINANCE/${HI}/data_type=ohlcv_1m/timeframe=1m/data.parquet`,
      `ml_data/by_instrument_id/${HI}/${H}/venue=BINANCE/data_type=ohlcv_1m/timeframe=1m/data.parquet`,
      `ml_data/by_timeframe/timeframe=1m/${H}/venue=BINANCE/${HI}/data_type=ohlcv_1m/data.parquet`,
    ],
  ],
])('%s, %s', (name, tier, partition, keys) => {
  const layout = layoutOf(name);
  const rawLayout = layoutOf(name, { rawColons: true });

  it('writes what is drawn, and reads it', () => {
    const schemes = layout.market(tier);
    const written = schemes.map((scheme) => `${layout.roots[tier]}/${scheme.format(partition)}`);
    expect(written).toEqual(keys);
    for (const scheme of schemes) expect(scheme.parse(scheme.format(partition))).toEqual(partition);
    expect(schemes[0]?.view).toBe(layout.primary);
  });

  it('writes the colon as it is where that is chosen (AP-17)', () => {
    const written = rawLayout
      .market(tier)
      .map((scheme) => `${layout.roots[tier]}/${scheme.format(partition)}`);
    expect(written).toEqual(keys.map((key) => key.replaceAll('%3A', ':')));
  });
});

it.each<[LayoutName, string[]]>([
  [
    'dash-code',
    [
      `instrument_availability/by_date/${D}/available_instruments.parquet`,
      `instrument_availability/by_venue/venue-binance/${D}/venue_availability.parquet`,
      `instrument_availability/by_instrument_type/type-spot/${D}/type_availability.parquet`,
    ],
  ],
  [
    'dash-diagram',
    [
      `daily/by_date/${D}/available_instruments.parquet`,
      `daily/by_venue/venue-binance/${D}/binance_availability.parquet`,
      `daily/by_instrument_type/type-spot/${D}/spot_availability.parquet`,
    ],
  ],
  [
    'hive',
    [
      `instrument_availability/by_date/${H}/data.parquet`,
      `instrument_availability/by_venue/venue=BINANCE/${H}/data.parquet`,
      `instrument_availability/by_instrument_type/instrument_type=SPOT_PAIR/${H}/data.parquet`,
    ],
  ],
])('%s draws availability', (name, keys) => {
  const layout = layoutOf(name);
  const partitions = [{ day }, { day, venue: 'BINANCE' }, { day, instrumentType: 'SPOT_PAIR' }];
  const written = layout.availability().map((scheme, i) => {
    const path = scheme.format(partitions[i]!);
    expect(scheme.parse(path)).toEqual(partitions[i]);
    return `${layout.roots.availability}/${path}`;
  });
  expect(written).toEqual(keys);
});

it('features beside candles have no timeframe in hive', () => {
  const [byDate] = layoutOf('hive').market('ml');
  const features: MarketPartition = { day, instrument, dataType: 'technical_features' };
  const path = `by_date/${H}/venue=BINANCE/${HI}/data_type=technical_features/timeframe=${NONE}/data.parquet`;
  expect(byDate?.format(features)).toBe(path);
  expect(byDate?.parse(path)).toEqual(features);
});

it('symbols in file names are those of the id, escaped', () => {
  const byId = layoutOf('dash-diagram')
    .market('ml')
    .find(({ view }) => view === 'by_instrument_id');
  const nameOf = (symbol: string) =>
    byId?.format({ ...candles, instrument: `A:OPTION:${symbol}` }).replace(/^.*\//, '');
  expect(nameOf('BTC-USD_PERP')).toBe('btcusd%5Fperp_ohlcv_1m.parquet');
  expect(nameOf('CON.X')).toBe('con%2Ex_ohlcv_1m.parquet');
  expect(nameOf('币-USDT')).toBe('%E5%B8%81usdt_ohlcv_1m.parquet');
});

describe('prefix', () => {
  const view = (name: LayoutName, tier: 'execution' | 'ml', wanted: ViewName) =>
    layoutOf(name)
      .market(tier)
      .find((one) => one.view === wanted)!;

  it('takes a year, a month or a day', () => {
    const byDate = view('dash-code', 'ml', 'by_date');
    expect(byDate.prefix({})).toBe('by_date/');
    expect(byDate.prefix({ month: 5 })).toBe('by_date/');
    expect(byDate.prefix({ year: 2023 })).toBe('by_date/year-2023/');
    expect(byDate.prefix({ year: 2023, month: 5 })).toBe('by_date/year-2023/month-05/');
    expect(byDate.prefix({ day })).toBe(`by_date/${D}/`);
    expect(byDate.prefix({ day, year: 2023, venue: 'BINANCE' })).toBe(`by_date/${D}/venue-binance/`);
    expect(byDate.fields).toEqual(['year', 'month', 'day', 'venue', 'instrument', 'dataType']);
  });

  it('knows what follows', () => {
    expect(view('dash-code', 'ml', 'by_type').prefix({ instrument, day })).toBe(
      `by_type/type-spot/${D}/venue-binance/${I}/`,
    );
    expect(view('dash-code', 'ml', 'by_type').prefix({ instrumentType: 'OPTION' })).toBe(
      'by_type/type-option/',
    );
    expect(view('hive', 'ml', 'by_timeframe').prefix({ dataType: 'ohlcv_4h' })).toBe(
      'by_timeframe/timeframe=4h/',
    );
    expect(view('hive', 'ml', 'by_date').prefix({ day, instrument, timeframe: '1m' })).toBe(
      `by_date/${H}/venue=BINANCE/${HI}/data_type=ohlcv_1m/timeframe=1m/`,
    );
    expect(view('dash-diagram', 'ml', 'by_instrument_id').fields).toEqual([
      'instrument',
      'year',
      'month',
      'day',
      'dataType',
    ]);
  });

  it.each<[ViewName, KnownOfPartition]>([
    ['by_venue', { day, year: 2024 }],
    ['by_venue', { instrument, venue: 'OKX' }],
    ['by_type', { instrument, instrumentType: 'OPTION' }],
    ['by_date', { timeframe: '1m', dataType: 'trades' }],
    ['by_venue', { venue: '../x' }],
    ['by_type', { instrumentType: 'SPOT' }],
    ['by_instrument_id', { instrument: 'BTC-USDT' }],
  ])('%s refuses %j', (name, known) => {
    expect(() => view('dash-code', 'execution', name).prefix(known)).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'NAME' }),
    );
  });
});
