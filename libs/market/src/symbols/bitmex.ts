import type { ExchangeSymbols } from './exchange-symbols.js';

/** Futures of these are in bitcoin where no quote is said: `ETHM20`. */
const IN_BITCOIN = ['ADA', 'BCH', 'EOS', 'ETH', 'LTC', 'TRX', 'XRP'];

/** Futures of these in dollars say so: `ETHUSDM20`. Those of bitcoin do not. */
const IN_DOLLARS = [...IN_BITCOIN, 'AVAX', 'BNB', 'DOGE', 'DOT', 'LINK', 'SOL'];

/**
 * `XBTUSD` has no end, `XBTM20` ends on the last Friday of June 2020, `XBT_USDT` is on the spot. Perpetuals that differ from another one
 * only in what they are margined with (`ETHUSD_ETH`) have no id of their own, and indices (`.BXBT`) are not traded.
 */
export const bitmex: readonly ExchangeSymbols[] = [
  {
    exchange: 'bitmex',
    venue: 'BITMEX',
    assets: { XBT: 'BTC' },
    forms: [
      { form: '{base}_{quote}', type: 'SPOT_PAIR', quotes: ['USDT', 'USDC', 'XBT'] },
      { form: '{pair}{month}', type: 'FUTURE', quotes: ['USDT', 'EUR'] },
      { form: '{base}USD{month}', type: 'FUTURE', bases: IN_DOLLARS, quote: 'USD' },
      { form: 'XBT{month}', type: 'FUTURE', base: 'XBT', quote: 'USD' },
      { form: '{base}{month}', type: 'FUTURE', bases: IN_BITCOIN, quote: 'XBT' },
      { form: '{pair}', type: 'PERPETUAL', quotes: ['USDT', 'USDC', 'USD', 'EUR', 'ETH', 'XBT'] },
    ],
  },
];
