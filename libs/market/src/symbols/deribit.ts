import type { ExchangeSymbols } from './exchange-symbols.js';

/** What linear contracts are in. */
const LINEAR = ['USDC', 'USDT', 'EURR'];

/**
 * Contracts without a quote are inverse and priced in dollars; linear ones name it (`XRP_USDC-30JUN23-0d5-C`). Combinations of several
 * instruments (`BTC-COMBO-1`, `BTC-FS-25DEC20_PERP`) are none.
 */
export const deribit: readonly ExchangeSymbols[] = [
  {
    exchange: 'deribit',
    venue: 'DERIBIT',
    forms: [
      { form: '{base}-PERPETUAL', type: 'PERPETUAL', quote: 'USD' },
      { form: '{base}_{quote}-PERPETUAL', type: 'PERPETUAL', quotes: LINEAR },
      { form: '{base}-{dMMMyy}', type: 'FUTURE', quote: 'USD' },
      { form: '{base}_{quote}-{dMMMyy}', type: 'FUTURE', quotes: LINEAR },
      { form: '{base}-{dMMMyy}-{strike}-{right}', type: 'OPTION', quote: 'USD' },
      { form: '{base}_{quote}-{dMMMyy}-{strike}-{right}', type: 'OPTION', quotes: LINEAR },
      { form: '{base}_{quote}', type: 'SPOT_PAIR' },
    ],
  },
];
