import { EPOCH, type Dialect } from './dialect.js';

const BINANCE = [
  'agg_trade_id',
  'price',
  'quantity',
  'first_trade_id',
  'last_trade_id',
  'transact_time',
  'is_buyer_maker',
];
const COLUMNS = {
  trade_price: 'price',
  trade_quantity: 'quantity',
  trade_is_buyer_maker: 'is_buyer_maker',
  trade_id: 'agg_trade_id',
} as const;
const COMMON = { dataset: 'aggtrades', firstField: /^\d{1,19}$/ } as const;

/** Trades. */
export const aggtradesDialects: readonly Dialect[] = [
  {
    ...COMMON,
    name: 'consolidated',
    fields: ['timestamp', 'price', 'quantity', 'is_buyer_maker', 'agg_trade_id'],
    optionalFields: [],
    header: 'always',
    columns: { timestamp: 'timestamp', ...COLUMNS },
    time: 'any',
  },
  {
    ...COMMON,
    name: 'unified',
    fields: ['timestamp', 'trade_price', 'trade_quantity', 'trade_is_buyer_maker', 'trade_id'],
    optionalFields: [],
    header: 'always',
    firstField: EPOCH,
    columns: {
      timestamp: 'timestamp',
      trade_price: 'trade_price',
      trade_quantity: 'trade_quantity',
      trade_is_buyer_maker: 'trade_is_buyer_maker',
      trade_id: 'trade_id',
    },
    time: 'any',
  },
  {
    ...COMMON,
    name: 'binance-futures',
    fields: BINANCE,
    optionalFields: ['first_trade_id', 'last_trade_id'],
    header: 'either',
    columns: { timestamp: 'transact_time', ...COLUMNS },
    time: 'epoch',
  },
  {
    ...COMMON,
    name: 'binance-spot',
    fields: [...BINANCE, 'is_best_match'],
    optionalFields: [],
    header: 'never',
    columns: { timestamp: 'transact_time', ...COLUMNS },
    time: 'epoch',
  },
];
