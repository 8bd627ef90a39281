import type { ExchangeSymbols } from './exchange-symbols.js';

/** Exchanges of few quotes whose symbols are base and quote in one word. */
export const joined: readonly ExchangeSymbols[] = [
  {
    exchange: 'bitstamp',
    venue: 'BITSTAMP',
    forms: [
      { form: '{pair}', type: 'SPOT_PAIR', quotes: ['USD', 'USDT', 'USDC', 'EUR', 'GBP', 'BTC', 'ETH'] },
    ],
  },
  {
    exchange: 'gemini',
    venue: 'GEMINI',
    forms: [
      {
        form: '{pair}',
        type: 'SPOT_PAIR',
        quotes: ['USD', 'USDT', 'GUSD', 'DAI', 'EUR', 'GBP', 'SGD', 'BTC', 'ETH', 'LTC', 'BCH', 'FIL'],
      },
    ],
  },
];
