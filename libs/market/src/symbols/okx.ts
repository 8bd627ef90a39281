import type { ExchangeSymbols } from './exchange-symbols.js';

/** Tardis keeps the name that OKX had; venues have its present one. */
export const okx: readonly ExchangeSymbols[] = [
  { exchange: 'okex', venue: 'OKX', forms: [{ form: '{base}-{quote}', type: 'SPOT_PAIR' }] },
  { exchange: 'okex-swap', venue: 'OKX-SWAP', forms: [{ form: '{base}-{quote}-SWAP', type: 'PERPETUAL' }] },
  {
    exchange: 'okex-futures',
    venue: 'OKX-FUTURES',
    forms: [{ form: '{base}-{quote}-{yymmdd}', type: 'FUTURE' }],
  },
  {
    exchange: 'okex-options',
    venue: 'OKX-OPTIONS',
    forms: [{ form: '{base}-{quote}-{yymmdd}-{strike}-{right}', type: 'OPTION' }],
  },
];
