import type { ExchangeSymbols, SymbolForm } from './exchange-symbols.js';

const spot = (form: string): readonly SymbolForm[] => [{ form, type: 'SPOT_PAIR' }];
const perpetual = (form: string): readonly SymbolForm[] => [{ form, type: 'PERPETUAL' }];

/** Exchanges whose symbols name base and quote with a sign between them. */
export const dashed: readonly ExchangeSymbols[] = [
  { exchange: 'coinbase', venue: 'COINBASE', forms: spot('{base}-{quote}') },
  {
    exchange: 'coinbase-international',
    venue: 'COINBASE-INTERNATIONAL',
    forms: [{ form: '{base}-PERP', type: 'PERPETUAL', quote: 'USDC' }, ...spot('{base}-{quote}')],
  },
  { exchange: 'kucoin', venue: 'KUCOIN', forms: spot('{base}-{quote}') },
  { exchange: 'gate-io', venue: 'GATE-IO', forms: spot('{base}_{quote}') },
  { exchange: 'gate-io-futures', venue: 'GATE-IO-FUTURES', forms: perpetual('{base}_{quote}') },
  { exchange: 'crypto-com', venue: 'CRYPTO-COM', forms: spot('{base}_{quote}') },
  { exchange: 'dydx', venue: 'DYDX', forms: perpetual('{base}-{quote}') },
  // The quote stands first: KRW-BTC is what a bitcoin costs in won.
  { exchange: 'upbit', venue: 'UPBIT', forms: spot('{quote}-{base}') },
  {
    exchange: 'ftx',
    venue: 'FTX',
    forms: [
      { form: '{base}-PERP', type: 'PERPETUAL', quote: 'USD' },
      // A future without a year (BTC-0325) is another one every year.
      { form: '{base}-{yyyymmdd}', type: 'FUTURE', quote: 'USD' },
      ...spot('{base}/{quote}'),
    ],
  },
];
