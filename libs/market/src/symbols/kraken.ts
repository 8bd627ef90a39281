import type { ExchangeSymbols } from './exchange-symbols.js';

const assets = { XBT: 'BTC', XDG: 'DOGE' };

/**
 * Its spot market names assets in two ways, by the year. Of its futures, those with `F` in second place (`PF_XBTUSD`) are the same pair as
 * an inverse one (`PI_XBTUSD`), margined otherwise: they would share its id, so they mean none.
 */
export const kraken: readonly ExchangeSymbols[] = [
  { exchange: 'kraken', venue: 'KRAKEN', assets, forms: [{ form: '{base}/{quote}', type: 'SPOT_PAIR' }] },
  {
    exchange: 'cryptofacilities',
    venue: 'CRYPTOFACILITIES',
    assets,
    forms: [
      { form: 'PI_{pair}', type: 'PERPETUAL', quotes: ['USD'] },
      { form: 'FI_{pair}_{yymmdd}', type: 'FUTURE', quotes: ['USD'] },
      { form: 'PV_{pair}', type: 'PERPETUAL', quotes: ['XBT'] },
      { form: 'FV_{pair}_{yymmdd}', type: 'FUTURE', quotes: ['XBT'] },
    ],
  },
];
