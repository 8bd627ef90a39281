import type { ExchangeSymbols } from './exchange-symbols.js';

/** UST is Tether here, not the dollar of Terra, which is UST1. */
const assets = { UST: 'USDT', UDC: 'USDC', DSH: 'DASH', IOT: 'IOTA', QTM: 'QTUM', UST1: 'UST' };

/** `BTCUSD`, of two names of three letters; `DOGE:USD` where one is longer; `BTCF0:USTF0` without end. */
export const bitfinex: readonly ExchangeSymbols[] = [
  {
    exchange: 'bitfinex',
    venue: 'BITFINEX',
    assets,
    forms: [
      { form: '{base}:{quote}', type: 'SPOT_PAIR' },
      {
        form: '{pair}',
        type: 'SPOT_PAIR',
        quotes: [
          'USD',
          'UST',
          'UDC',
          'EUR',
          'GBP',
          'JPY',
          'BTC',
          'ETH',
          'XCH',
          'EOS',
          'XLM',
          'DAI',
          'TRY',
          'MIM',
        ],
      },
    ],
  },
  {
    exchange: 'bitfinex-derivatives',
    venue: 'BITFINEX-DERIVATIVES',
    assets,
    forms: [{ form: '{base}F0:{quote}F0', type: 'PERPETUAL' }],
  },
];
