import type { ExchangeSymbols } from './exchange-symbols.js';

/** Futures by their place in the calendar (`BTC_CQ`, the current quarter) are another instrument every quarter, so they mean none here. */
export const huobi: readonly ExchangeSymbols[] = [
  {
    exchange: 'huobi',
    venue: 'HUOBI',
    forms: [
      {
        form: '{pair}',
        type: 'SPOT_PAIR',
        quotes: ['USDT', 'HUSD', 'USDC', 'USDD', 'TUSD', 'BTC', 'ETH', 'TRX', 'HT'],
      },
    ],
  },
  {
    exchange: 'huobi-dm',
    venue: 'HUOBI-DM',
    forms: [{ form: '{base}{yymmdd}', type: 'FUTURE', quote: 'USD' }],
  },
  {
    exchange: 'huobi-dm-swap',
    venue: 'HUOBI-DM-SWAP',
    forms: [{ form: '{base}-{quote}', type: 'PERPETUAL', quotes: ['USD'] }],
  },
  {
    exchange: 'huobi-dm-linear-swap',
    venue: 'HUOBI-DM-LINEAR-SWAP',
    forms: [
      { form: '{base}-{quote}', type: 'PERPETUAL', quotes: ['USDT'] },
      { form: '{base}-{quote}-{yymmdd}', type: 'FUTURE', quotes: ['USDT'] },
    ],
  },
];
