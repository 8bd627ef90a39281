import { parseUtcDay } from '@ticklake/core';
import { typeText, type Schema } from '@ticklake/columnar';
import { checkSchema } from '../check-schema.js';
import { timeframeMs } from '../timeframe.js';
import { architectureDataset, ARCHITECTURE_DATASETS, CATEGORICAL_COLUMNS, isAvailableOn } from './index.js';

/** Columns in order; a `?` where nulls may stand. */
const columnsOf = ({ fields }: Schema): string =>
  fields.map(({ name, type, nullable }) => `${name} ${typeText(type)}${nullable ? '?' : ''}`).join(', ');

const TICK = 'exchange utf8, symbol utf8, timestamp timestamp[us,utc], local_timestamp timestamp[us,utc]';
const BAR =
  'timestamp timestamp[us,utc], open float64, high float64, low float64, close float64, volume float64';

describe('the data types of the architecture', () => {
  it.each([
    ['trades', `${TICK}, id utf8?, side utf8, price float64, amount float64`],
    ['liquidations', `${TICK}, id utf8?, side utf8, price float64, amount float64`],
    ['quotes', `${TICK}, ask_amount float64?, ask_price float64?, bid_price float64?, bid_amount float64?`],
    [
      'derivative_ticker',
      `${TICK}, funding_timestamp timestamp[us,utc]?, funding_rate float64?, predicted_funding_rate float64?, open_interest float64?, last_price float64?, index_price float64?, mark_price float64?`,
    ],
    [
      'options_chain',
      `${TICK}, type utf8, strike_price float64, expiration timestamp[us,utc], open_interest float64?, last_price float64?, bid_price float64?, bid_amount float64?, bid_iv float64?, ask_price float64?, ask_amount float64?, ask_iv float64?, mark_price float64?, mark_iv float64?, underlying_index utf8?, underlying_price float64?, delta float64?, gamma float64?, vega float64?, theta float64?, rho float64?`,
    ],
    ['ohlcv_1m', BAR],
    ['ohlcv_1d', BAR],
    ['ml_signals', 'timestamp timestamp[us,utc]'],
  ])('%s has its columns', (name, columns) => {
    expect(columnsOf(architectureDataset(name).schema)).toBe(columns);
  });

  it('has the columns of the availability map', () => {
    const { schema } = architectureDataset('available_instruments');
    expect(columnsOf({ fields: schema.fields.slice(0, 5) })).toBe(
      'instrument_id utf8, venue utf8, instrument_type utf8, available_from date, available_to date?',
    );
    expect(schema.fields.slice(4).every(({ nullable }) => nullable)).toBe(true);
    expect(columnsOf({ fields: schema.fields.slice(5) })).toBe(
      'data_types utf8?, base_asset utf8?, quote_asset utf8?, settle_asset utf8?, exchange_raw_symbol utf8?, tardis_symbol utf8?, tardis_exchange utf8?, data_provider utf8?, venue_type utf8?, asset_class utf8?, inverse bool?, symbol_type utf8?, contract_type utf8?, strike utf8?, option_type utf8?, expiry timestamp[us,utc]?, contract_size utf8?, tick_size utf8?, min_size utf8?, settlement_type utf8?, underlying utf8?, ccxt_symbol utf8?, ccxt_exchange utf8?',
    );
  });

  it('are these, by tier', () => {
    const names = (tier: string) =>
      ARCHITECTURE_DATASETS.filter((dataset) => dataset.tier === tier).map(({ name }) => name);
    expect(names('execution')).toEqual([
      ...['trades', 'book_snapshot_5', 'book_snapshot_25', 'liquidations'],
      ...['derivative_ticker', 'options_chain', 'quotes'],
    ]);
    expect(names('ml')).toEqual([
      ...['ohlcv_1m', 'ohlcv_5m', 'ohlcv_15m', 'ohlcv_1h', 'ohlcv_4h', 'ohlcv_1d'],
      ...['technical_features', 'fundamental_features', 'ml_signals'],
    ]);
    expect(names('availability')).toEqual(['available_instruments']);
  });

  it.each(ARCHITECTURE_DATASETS)(
    '$name has a time column, and is in order of columns that it has',
    (dataset) => {
      const names = dataset.schema.fields.map(({ name }) => name);
      checkSchema(dataset, dataset.schema);
      expect(new Set(names).size).toBe(names.length);
      expect(names).toEqual(expect.arrayContaining([dataset.timeColumn, ...dataset.orderBy]));
      expect(dataset.timeframe === undefined ? 0 : timeframeMs(dataset.timeframe)).toBe(
        dataset.name.startsWith('ohlcv_') ? timeframeMs(dataset.name.slice('ohlcv_'.length)) : 0,
      );
      expect(dataset.isPassThrough).toBe(dataset.timeUnit === undefined);
    },
  );

  it.each(['trade', 'ohlcv_1w', 'TRADES', '', 'constructor', '__proto__'])('%j is none', (name) => {
    expect(() => architectureDataset(name)).toThrow(
      expect.objectContaining({
        kind: 'invalid',
        code: 'DATA_TYPE',
        details: {
          name,
          known: expect.stringMatching(/^trades book_snapshot_5 .* ohlcv_1d .* available_instruments$/),
        },
      }),
    );
  });
});

describe('the CSV columns of Tardis', () => {
  it.each([
    ['book_snapshot_5', 5],
    ['book_snapshot_25', 25],
  ])('of %s are %d levels of four, best first', (name, count) => {
    const { schema, csv } = architectureDataset(name);
    const names = new Map(schema.fields.map((field, i) => [field.name, csv?.columns[i]]));
    expect(names.size).toBe(4 + 4 * count);
    expect(names.get('ask_price_1')).toBe('asks[0].price');
    expect(names.get('ask_volume_2')).toBe('asks[1].amount');
    expect(names.get(`bid_price_${count}`)).toBe(`bids[${count - 1}].price`);
    expect(names.get(`bid_volume_${count}`)).toBe(`bids[${count - 1}].amount`);
    expect(schema.fields.slice(4).every(({ nullable }) => nullable)).toBe(true);
  });

  // The first lines of files as Tardis writes them.
  it.each([
    ['trades', 'exchange,symbol,timestamp,local_timestamp,id,side,price,amount'],
    ['liquidations', 'exchange,symbol,timestamp,local_timestamp,id,side,price,amount'],
    ['quotes', 'exchange,symbol,timestamp,local_timestamp,ask_amount,ask_price,bid_price,bid_amount'],
    [
      'derivative_ticker',
      'exchange,symbol,timestamp,local_timestamp,funding_timestamp,funding_rate,predicted_funding_rate,open_interest,last_price,index_price,mark_price',
    ],
    [
      'options_chain',
      'exchange,symbol,timestamp,local_timestamp,type,strike_price,expiration,open_interest,last_price,bid_price,bid_amount,bid_iv,ask_price,ask_amount,ask_iv,mark_price,mark_iv,underlying_index,underlying_price,delta,gamma,vega,theta,rho',
    ],
  ])('of %s are its header', (name, header) => {
    expect(architectureDataset(name).csv?.columns.join(',')).toBe(header);
  });
});

it.each([
  ['2023-05-22', false, false],
  ['2023-05-23', true, true],
  ['2023-06-01', true, true],
  ['2025-10-22', true, true],
  ['2025-10-23', false, true],
])(
  'on %s an instrument of 2023-05-23 to 2025-10-22 is available: %s; one that is still listed: %s',
  (text, ended, listed) => {
    const from = parseUtcDay('2023-05-23');
    expect(isAvailableOn({ from, to: parseUtcDay('2025-10-22') }, parseUtcDay(text))).toBe(ended);
    expect(isAvailableOn({ from, to: undefined }, parseUtcDay(text))).toBe(listed);
  },
);

it('counts eight columns as categories', () => {
  expect(CATEGORICAL_COLUMNS.join(' ')).toBe(
    'venue instrument_id data_type data_tier instrument_type base_asset quote_asset timeframe',
  );
});
