import type { ExchangeSymbols } from './exchange-symbols.js';

/** Contracts that name no quote are in USDC; `BTCUSDU21` ends on the last Friday of September 2021. */
export const bybit: readonly ExchangeSymbols[] = [
  {
    exchange: 'bybit',
    venue: 'BYBIT',
    forms: [
      { form: '{base}-{dMMMyy}', type: 'FUTURE', quote: 'USDC', bases: ['BTC', 'ETH', 'SOL'] },
      { form: '{pair}-{dMMMyy}', type: 'FUTURE', quotes: ['USDT'] },
      { form: '{pair}{month}', type: 'FUTURE', quotes: ['USD'] },
      { form: '{base}PERP', type: 'PERPETUAL', quote: 'USDC' },
      { form: '{pair}', type: 'PERPETUAL', quotes: ['USDT', 'USD'] },
    ],
  },
  {
    exchange: 'bybit-spot',
    venue: 'BYBIT-SPOT',
    forms: [
      {
        form: '{pair}',
        type: 'SPOT_PAIR',
        quotes: [
          'USDT',
          'USDC',
          'USDE',
          'USDQ',
          'USDR',
          'BTC',
          'ETH',
          'EUR',
          'DAI',
          'BRZ',
          'BRL',
          'PLN',
          'TRY',
          'MNT',
        ],
      },
    ],
  },
  {
    exchange: 'bybit-options',
    venue: 'BYBIT-OPTIONS',
    forms: [
      { form: '{base}-{dMMMyy}-{strike}-{right}', type: 'OPTION', quote: 'USDC' },
      { form: '{base}-{dMMMyy}-{strike}-{right}-{quote}', type: 'OPTION', quotes: ['USDT'] },
    ],
  },
];
