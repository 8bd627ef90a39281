import fc from 'fast-check';
import { describePartitionScheme } from '../testing/index.js';
import { aggtradesScheme, futuresMonthScheme, futuresScheme, klinesScheme, unifiedDayOf } from './unified.js';

const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,8}$/);
const month = { year: fc.integer({ min: 0, max: 9999 }), month: fc.integer({ min: 1, max: 12 }) };
const days = { exchange: name, symbol: name, ...month, day: fc.integer({ min: 1, max: 31 }) };

describePartitionScheme('a day of bars', klinesScheme, fc.record({ ...days, timeframe: name }));
describePartitionScheme('a day of trades', aggtradesScheme, fc.record(days));
describePartitionScheme('a day of fundings', futuresScheme, fc.record(days));
describePartitionScheme(
  'a month of fundings',
  futuresMonthScheme,
  fc.record({ exchange: name, symbol: name, ...month }),
);

const day = { exchange: 'binance', symbol: 'BTCUSDT', timeframe: '1m', year: 2024, month: 1, day: 1 };

it('is drawn as in the guide, without zeros in front of months and days', () => {
  expect(klinesScheme.format(day)).toBe(
    'klines/binance_BTCUSDT_1m/exchange=binance/symbol=BTCUSDT/timeframe=1m/year=2024/month=1/day=1/',
  );
  expect(aggtradesScheme.format(day)).toBe(
    'aggtrades/binance_BTCUSDT/exchange=binance/symbol=BTCUSDT/year=2024/month=1/day=1/',
  );
  expect(futuresScheme.prefix({ exchange: 'binance', symbol: 'BTCUSDT' })).toBe(
    'futures/binance_BTCUSDT/exchange=binance/symbol=BTCUSDT/',
  );
  expect(futuresMonthScheme.format(day)).toBe(
    'futures/binance_BTCUSDT/exchange=binance/symbol=BTCUSDT/year=2024/month=1/',
  );
});

it.each(['month=01/day=1', 'month=13/day=1', 'month=1/day=32', 'month=0/day=1', 'month=1/day=0'])(
  '%s is no partition',
  (end) => {
    const start = 'aggtrades/binance_BTCUSDT/exchange=binance/symbol=BTCUSDT/year=2024/';
    expect(aggtradesScheme.parse(`${start}${end}/`)).toBeUndefined();
  },
);

it('knows which days there are', () => {
  expect(unifiedDayOf({ year: 2024, month: 2, day: 29 })).toBe('2024-02-29');
  expect(unifiedDayOf({ year: 2023, month: 2, day: 29 })).toBeUndefined();
});
