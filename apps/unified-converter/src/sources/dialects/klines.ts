import { COMPACT_DATE, EPOCH, MS_OF_DAY, type Dialect } from './dialect.js';

const PRICES = { open: 'open', high: 'high', low: 'low', close: 'close', volume: 'volume' } as const;
const COMMON = { dataset: 'klines', optionalFields: [] } as const;

/** Bars. */
export const klinesDialects: readonly Dialect[] = [
  {
    ...COMMON,
    name: 'consolidated',
    fields: ['timestamp', 'open', 'high', 'low', 'close', 'volume'],
    header: 'always',
    firstField: EPOCH,
    columns: { timestamp: 'timestamp', ...PRICES },
    time: 'any',
  },
  {
    ...COMMON,
    name: 'binance',
    fields: [
      ...['open_time', 'open', 'high', 'low', 'close', 'volume', 'close_time', 'quote_volume', 'count'],
      ...['taker_buy_volume', 'taker_buy_quote_volume', 'ignore'],
    ],
    optionalFields: [
      'close_time',
      'quote_volume',
      'count',
      'taker_buy_volume',
      'taker_buy_quote_volume',
      'ignore',
    ],
    header: 'either',
    firstField: EPOCH,
    columns: { timestamp: 'open_time', ...PRICES },
    time: 'epoch',
  },
  {
    ...COMMON,
    name: 'lean-minute',
    fields: ['ms_of_day', 'open', 'high', 'low', 'close', 'volume'],
    header: 'never',
    firstField: MS_OF_DAY,
    columns: { timestamp: 'ms_of_day', ...PRICES },
    time: 'ms-of-day',
  },
  {
    ...COMMON,
    name: 'lean-hour',
    fields: ['time', 'open', 'high', 'low', 'close', 'volume'],
    header: 'never',
    firstField: COMPACT_DATE,
    columns: { timestamp: 'time', ...PRICES },
    time: 'utc-text',
  },
];
