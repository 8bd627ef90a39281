import { UNIFIED, type UnifiedName } from '@ticklake/market';
import { valueFieldsOf } from '../partitions/stored-columns.js';
import { dialectOfHeader, dialectOfRow } from './choose-dialect.js';
import { DIALECTS } from './dialects/index.js';

const PLACE = { file: 'f.csv', line: 1 };

it.each<[UnifiedName, string, string, readonly string[]]>([
  ['klines', 'timestamp,open,high,low,close,volume', 'consolidated', []],
  ['klines', 'Volume,Close,Low,High,Open,Timestamp,note', 'consolidated', ['note']],
  [
    'klines',
    'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore',
    'binance',
    [],
  ],
  ['aggtrades', 'timestamp,price,quantity,is_buyer_maker,agg_trade_id', 'consolidated', []],
  ['aggtrades', 'timestamp,trade_price,trade_quantity,trade_is_buyer_maker,trade_id', 'unified', []],
  [
    'aggtrades',
    'agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker',
    'binance-futures',
    [],
  ],
  ['futures', 'timestamp,fundingRate', 'consolidated', []],
  ['futures', 'timestamp,funding_rate,funding_time', 'consolidated', []],
  ['futures', 'symbol,fundingTime,fundingRate,markPrice', 'binance-api', []],
  ['futures', 'calc_time,funding_interval_hours,last_funding_rate', 'binance', []],
  ['futures', 'Symbol,Date,Funding Rate', 'funding-history', []],
])('%s: %s', (dataset, header, name, unknown) => {
  const chosen = dialectOfHeader(dataset, header.split(','), PLACE);
  expect({ name: chosen.dialect.name, unknown: chosen.unknown }).toEqual({ name, unknown });
});

it.each<[UnifiedName, string, string]>([
  ['klines', '1709078400000,1,1,1,1,1,1709078459999,1,1,1,1,0', 'binance'],
  ['klines', '0,1,1,1,1,1', 'lean-minute'],
  ['klines', '20180501 00:00,1,1,1,1,1', 'lean-hour'],
  ['aggtrades', '900000000,1,1,1,1,1723161255342,True,True', 'binance-spot'],
  ['aggtrades', '900000000,1,1,1,1,1723161255342,True', 'binance-futures'],
  ['futures', '20201229 00:00:00,0.1', 'lean-margin-interest'],
])('%s without a header: %s', (dataset, row, name) => {
  expect(dialectOfRow(dataset, row.split(','), PLACE).dialect.name).toBe(name);
});

it.each<[UnifiedName, string, string]>([
  ['aggtrades', 'timestamp,price,quantity,is_buyer_maker', 'agg_trade_id'],
  ['aggtrades', 'timestamp,p;rice,quantity,is_buyer_maker,agg_trade_id', 'price'],
  ['klines', 'timestamp,open,high,low,close', 'volume'],
  ['futures', 'timestamp,rate', 'fundingRate'],
])('%s: a header without a column says which: %s', (dataset, header, missing) => {
  expect(() => dialectOfHeader(dataset, header.split(','), PLACE)).toThrow(
    expect.objectContaining({
      kind: 'corrupt',
      code: 'MISSING_COLUMN',
      details: expect.objectContaining({ ...PLACE, missing }),
    }),
  );
});

it('refuses a name that stands twice, and rows that are of no known kind', () => {
  expect(() => dialectOfHeader('futures', ['timestamp', 'fundingRate', 'funding_rate'], PLACE)).toThrow(
    expect.objectContaining({ code: 'DUPLICATE_COLUMN' }),
  );
  // A Lean file of quotes: bid and ask, no volume.
  for (const row of ['1,2,3', '0,1,1,1,1,1,1,1,1,1,1']) {
    expect(() => dialectOfRow('klines', row.split(','), PLACE)).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_DIALECT' }),
    );
  }
});

it.each(Object.values(UNIFIED))(
  'every dialect of $name fills every column that may not be null',
  (dataset) => {
    for (const { columns, fields } of DIALECTS[dataset.name]) {
      const required = valueFieldsOf(dataset).filter(({ nullable }) => !nullable);
      expect(Object.keys(columns)).toEqual(expect.arrayContaining(required.map(({ name }) => name)));
      expect(fields).toEqual(expect.arrayContaining(Object.values(columns)));
    }
  },
);
