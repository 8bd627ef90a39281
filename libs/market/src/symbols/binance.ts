import type { ExchangeSymbols, SymbolForm } from './exchange-symbols.js';

const SPOT_QUOTES = (
  'USDT FDUSD BUSD TUSD USDC USDP USDS USDE USD1 PAX DAI VAI UST BTC ETH BNB TRX XRP DOGE DOT SOL AEUR EURI EUR GBP AUD TRY BRL RUB UAH NGN ' +
  'ZAR JPY PLN RON ARS MXN CZK COP IDR IDRT BIDR BKRW BVND'
).split(' ');

const spot = (quotes: readonly string[]): SymbolForm => ({ form: '{pair}', type: 'SPOT_PAIR', quotes });

/** `BTC-210129-40000-C`, all of them in USDT. */
const options: readonly SymbolForm[] = [
  { form: '{base}-{yymmdd}-{strike}-{right}', type: 'OPTION', quote: 'USDT' },
];

const FUTURES_QUOTES = ['USDT', 'USDC', 'BUSD', 'BTC'];

/** `BTCUSDT` is a pair, a future without end, or, with a day behind it, one that has an end; the exchange tells which. */
export const binance: readonly ExchangeSymbols[] = [
  { exchange: 'binance', venue: 'BINANCE', forms: [spot(SPOT_QUOTES)] },
  {
    exchange: 'binance-us',
    venue: 'BINANCE-US',
    forms: [spot(['USD', 'USDT', 'USDC', 'BUSD', 'DAI', 'BTC', 'ETH', 'BNB'])],
  },
  {
    exchange: 'binance-futures',
    venue: 'BINANCE-FUTURES',
    forms: [
      { form: '{pair}_{yymmdd}', type: 'FUTURE', quotes: FUTURES_QUOTES },
      { form: '{pair}', type: 'PERPETUAL', quotes: FUTURES_QUOTES },
    ],
  },
  {
    exchange: 'binance-delivery',
    venue: 'BINANCE-DELIVERY',
    forms: [
      { form: '{pair}_PERP', type: 'PERPETUAL', quotes: ['USD'] },
      { form: '{pair}_{yymmdd}', type: 'FUTURE', quotes: ['USD'] },
    ],
  },
  { exchange: 'binance-options', venue: 'BINANCE-OPTIONS', forms: options },
  { exchange: 'binance-european-options', venue: 'BINANCE-EUROPEAN-OPTIONS', forms: options },
];
