import fc from 'fast-check';
import { formatInstrumentId, parseInstrumentId } from '../instrument-id/index.js';
import { binance } from './binance.js';
import { bitfinex } from './bitfinex.js';
import { bitmex } from './bitmex.js';
import { bybit } from './bybit.js';
import { dashed } from './dashed.js';
import { deribit } from './deribit.js';
import type { ExchangeSymbols } from './exchange-symbols.js';
import { huobi } from './huobi.js';
import { instrumentOfSymbol, KNOWN_EXCHANGES } from './index.js';
import { joined } from './joined.js';
import { kraken } from './kraken.js';
import { okx } from './okx.js';
import { splitPair } from './split-pair.js';

const MEANINGS: readonly (readonly [string, string, string])[] = [
  ['binance', 'BTCUSDT', 'BINANCE:SPOT_PAIR:BTC-USDT'],
  ['binance', 'btcusdt', 'BINANCE:SPOT_PAIR:BTC-USDT'],
  ['binance', 'ETHBTC', 'BINANCE:SPOT_PAIR:ETH-BTC'],
  ['binance', 'LTCBTC', 'BINANCE:SPOT_PAIR:LTC-BTC'],
  ['binance', 'BTCFDUSD', 'BINANCE:SPOT_PAIR:BTC-FDUSD'],
  ['binance', 'BTCTUSD', 'BINANCE:SPOT_PAIR:BTC-TUSD'],
  ['binance', 'TUSDBTUSD', 'BINANCE:SPOT_PAIR:TUSDB-TUSD'],
  ['binance', 'USDSBUSDT', 'BINANCE:SPOT_PAIR:USDSB-USDT'],
  ['binance', 'ADAEUR', 'BINANCE:SPOT_PAIR:ADA-EUR'],
  ['binance', 'BTCAEUR', 'BINANCE:SPOT_PAIR:BTC-AEUR'],
  ['binance', 'BNBBIDR', 'BINANCE:SPOT_PAIR:BNB-BIDR'],
  ['binance', '1000SATSUSDT', 'BINANCE:SPOT_PAIR:1000SATS-USDT'],
  ['binance', 'WBTCBTC', 'BINANCE:SPOT_PAIR:WBTC-BTC'],
  ['binance-us', 'BNBUSD', 'BINANCE-US:SPOT_PAIR:BNB-USD'],
  ['binance-us', 'BNBBUSD', 'BINANCE-US:SPOT_PAIR:BNB-BUSD'],
  ['binance-futures', 'BTCUSDT', 'BINANCE-FUTURES:PERPETUAL:BTC-USDT'],
  ['binance-futures', '1000SHIBUSDT', 'BINANCE-FUTURES:PERPETUAL:1000SHIB-USDT'],
  ['binance-futures', 'BTCUSDT_210326', 'BINANCE-FUTURES:FUTURE:BTC-USDT-210326'],
  ['binance-futures', 'ETHBTC', 'BINANCE-FUTURES:PERPETUAL:ETH-BTC'],
  ['binance-delivery', 'BTCUSD_PERP', 'BINANCE-DELIVERY:PERPETUAL:BTC-USD'],
  ['binance-delivery', 'BTCUSD_200925', 'BINANCE-DELIVERY:FUTURE:BTC-USD-200925'],
  ['binance-options', 'BTC-210129-40000-C', 'BINANCE-OPTIONS:OPTION:BTC-USDT-210129-40000-CALL'],
  [
    'binance-european-options',
    'DOGE-240329-0.15-P',
    'BINANCE-EUROPEAN-OPTIONS:OPTION:DOGE-USDT-240329-0.15-PUT',
  ],
  ['bitmex', 'XBTUSD', 'BITMEX:PERPETUAL:BTC-USD'],
  ['bitmex', 'ETHUSD', 'BITMEX:PERPETUAL:ETH-USD'],
  ['bitmex', 'XBTUSDT', 'BITMEX:PERPETUAL:BTC-USDT'],
  ['bitmex', 'XBTM20', 'BITMEX:FUTURE:BTC-USD-200626'],
  ['bitmex', 'XBTZ20', 'BITMEX:FUTURE:BTC-USD-201225'],
  ['bitmex', 'XBTU21', 'BITMEX:FUTURE:BTC-USD-210924'],
  ['bitmex', 'ETHM20', 'BITMEX:FUTURE:ETH-BTC-200626'],
  ['bitmex', 'TRXH20', 'BITMEX:FUTURE:TRX-BTC-200327'],
  ['bitmex', 'ETHUSDM20', 'BITMEX:FUTURE:ETH-USD-200626'],
  ['bitmex', 'XBTUSDTZ21', 'BITMEX:FUTURE:BTC-USDT-211231'],
  ['bitmex', 'XBT_USDT', 'BITMEX:SPOT_PAIR:BTC-USDT'],
  ['deribit', 'BTC-PERPETUAL', 'DERIBIT:PERPETUAL:BTC-USD'],
  ['deribit', 'SOL_USDC-PERPETUAL', 'DERIBIT:PERPETUAL:SOL-USDC'],
  ['deribit', 'BTC-25DEC20', 'DERIBIT:FUTURE:BTC-USD-201225'],
  ['deribit', 'BTC_USDC-6SEP24', 'DERIBIT:FUTURE:BTC-USDC-240906'],
  ['deribit', 'BTC-9JUN20-9875-P', 'DERIBIT:OPTION:BTC-USD-200609-9875-PUT'],
  ['deribit', 'BTC-27DEC24-100000-C', 'DERIBIT:OPTION:BTC-USD-241227-100000-CALL'],
  ['deribit', 'XRP_USDC-30JUN23-0d5-C', 'DERIBIT:OPTION:XRP-USDC-230630-0.5-CALL'],
  ['deribit', 'XRP_USDC-30JUN23-0d625-C', 'DERIBIT:OPTION:XRP-USDC-230630-0.625-CALL'],
  ['deribit', 'BTC_USDC', 'DERIBIT:SPOT_PAIR:BTC-USDC'],
  ['bybit', 'BTCUSDT', 'BYBIT:PERPETUAL:BTC-USDT'],
  ['bybit', 'BTCUSD', 'BYBIT:PERPETUAL:BTC-USD'],
  ['bybit', 'BTCPERP', 'BYBIT:PERPETUAL:BTC-USDC'],
  ['bybit', 'PERPUSDT', 'BYBIT:PERPETUAL:PERP-USDT'],
  ['bybit', 'BTCUSDU21', 'BYBIT:FUTURE:BTC-USD-210924'],
  ['bybit', 'BTC-24FEB23', 'BYBIT:FUTURE:BTC-USDC-230224'],
  ['bybit', 'BTCUSDT-26DEC25', 'BYBIT:FUTURE:BTC-USDT-251226'],
  ['bybit-spot', 'BTCUSDT', 'BYBIT-SPOT:SPOT_PAIR:BTC-USDT'],
  ['bybit-options', 'BTC-6JAN23-17500-C', 'BYBIT-OPTIONS:OPTION:BTC-USDC-230106-17500-CALL'],
  ['bybit-options', 'ETH-26JUN26-16000-P-USDT', 'BYBIT-OPTIONS:OPTION:ETH-USDT-260626-16000-PUT'],
  ['okex', 'BTC-USDT', 'OKX:SPOT_PAIR:BTC-USDT'],
  ['okex-swap', 'BTC-USDT-SWAP', 'OKX-SWAP:PERPETUAL:BTC-USDT'],
  ['okex-swap', 'BTC-USD-SWAP', 'OKX-SWAP:PERPETUAL:BTC-USD'],
  ['okex-futures', 'BTC-USD-200925', 'OKX-FUTURES:FUTURE:BTC-USD-200925'],
  ['okex-options', 'BTC-USD-200925-10000-C', 'OKX-OPTIONS:OPTION:BTC-USD-200925-10000-CALL'],
  ['huobi', 'btcusdt', 'HUOBI:SPOT_PAIR:BTC-USDT'],
  ['huobi-dm', 'BTC200925', 'HUOBI-DM:FUTURE:BTC-USD-200925'],
  ['huobi-dm-swap', 'BTC-USD', 'HUOBI-DM-SWAP:PERPETUAL:BTC-USD'],
  ['huobi-dm-linear-swap', 'BTC-USDT', 'HUOBI-DM-LINEAR-SWAP:PERPETUAL:BTC-USDT'],
  ['coinbase', 'BTC-USD', 'COINBASE:SPOT_PAIR:BTC-USD'],
  ['coinbase-international', 'BTC-PERP', 'COINBASE-INTERNATIONAL:PERPETUAL:BTC-USDC'],
  ['kraken', 'XBT/USD', 'KRAKEN:SPOT_PAIR:BTC-USD'],
  ['kraken', 'BTC/USD', 'KRAKEN:SPOT_PAIR:BTC-USD'],
  ['kraken', 'ETH/XBT', 'KRAKEN:SPOT_PAIR:ETH-BTC'],
  ['kraken', 'XDG/USD', 'KRAKEN:SPOT_PAIR:DOGE-USD'],
  ['cryptofacilities', 'PI_XBTUSD', 'CRYPTOFACILITIES:PERPETUAL:BTC-USD'],
  ['cryptofacilities', 'FI_XBTUSD_200626', 'CRYPTOFACILITIES:FUTURE:BTC-USD-200626'],
  ['bitfinex', 'BTCUSD', 'BITFINEX:SPOT_PAIR:BTC-USD'],
  ['bitfinex', 'BTCUST', 'BITFINEX:SPOT_PAIR:BTC-USDT'],
  ['bitfinex', 'DOGE:USD', 'BITFINEX:SPOT_PAIR:DOGE-USD'],
  ['bitfinex-derivatives', 'BTCF0:USTF0', 'BITFINEX-DERIVATIVES:PERPETUAL:BTC-USDT'],
  ['bitstamp', 'BTCEUR', 'BITSTAMP:SPOT_PAIR:BTC-EUR'],
  ['gemini', 'BTCUSD', 'GEMINI:SPOT_PAIR:BTC-USD'],
  ['gate-io', 'BTC_USDT', 'GATE-IO:SPOT_PAIR:BTC-USDT'],
  ['gate-io-futures', 'BTC_USDT', 'GATE-IO-FUTURES:PERPETUAL:BTC-USDT'],
  ['crypto-com', 'BTC_USDT', 'CRYPTO-COM:SPOT_PAIR:BTC-USDT'],
  ['kucoin', 'BTC-USDT', 'KUCOIN:SPOT_PAIR:BTC-USDT'],
  ['dydx', 'ETH-USD', 'DYDX:PERPETUAL:ETH-USD'],
  ['upbit', 'KRW-BTC', 'UPBIT:SPOT_PAIR:BTC-KRW'],
  ['ftx', 'BTC-PERP', 'FTX:PERPETUAL:BTC-USD'],
  ['ftx', 'BTC-20200925', 'FTX:FUTURE:BTC-USD-200925'],
  ['ftx', 'BTC/USD', 'FTX:SPOT_PAIR:BTC-USD'],
];

describe('instrumentOfSymbol', () => {
  it.each(MEANINGS)('%s %s is %s', (exchange, symbol, expected) => {
    const id = instrumentOfSymbol(exchange, symbol);
    expect(id).toEqual(parseInstrumentId(expected));
  });

  it('has a row of this table for every exchange', () => {
    expect([...new Set(MEANINGS.map(([exchange]) => exchange))].sort()).toEqual(KNOWN_EXCHANGES);
  });

  it.each([
    ['nasdaq', 'AAPL'],
    ['constructor', 'BTCUSDT'],
    ['binance', ''],
    ['binance', 'USDT'],
    ['binance', 'BTCXYZ'],
    ['binance', 'FOOAEUR'],
    ['binance', 'BTC-USDT'],
    ['binance', '币安人生USDT'],
    ['binance-futures', 'BTCUSDT_210230'],
    ['binance-futures', 'BTCUSDT_PERP'],
    ['binance-futures', 'ICPUSDT_SETTLED'],
    ['binance-delivery', 'BTCUSDT'],
    ['bitmex', '.BXBT'],
    ['bitmex', 'ETHUSD_ETH'],
    ['bitmex', 'DOGEM20'],
    ['bitmex', 'XBTA20'],
    ['bitmex', 'XBT'],
    ['deribit', 'BTC-COMBO-1'],
    ['deribit', 'BTC-FS-25DEC20_PERP'],
    ['deribit', 'BTC-CS-27DEC24-70000_80000'],
    ['deribit', 'BTC-31JUN20'],
    ['deribit', 'BTC-9XYZ20'],
    ['deribit', 'BTC-9JUN20-9875-X'],
    ['deribit', 'OPTIONS'],
    ['okex', 'BTC-USDT-SWAP'],
    ['okex-swap', 'BTC-USD_UM-SWAP'],
    ['huobi-dm', 'BTC_CQ'],
    ['huobi-dm-linear-swap', 'BTC-USDT-CW'],
    ['cryptofacilities', 'PF_XBTUSD'],
    ['ftx', 'BTC-0325'],
    ['ftx', 'BTC-19991231'],
    ['kraken', 'XBT/USD\n'],
  ])('%s %j means nothing that can be told', (exchange, symbol) => {
    expect(instrumentOfSymbol(exchange, symbol)).toBeUndefined();
  });

  it('means an instrument that can be written, whatever the symbol', () => {
    const word = fc.constantFrom(
      ...[
        'BTC',
        'XBT',
        'USD',
        'USDT',
        '-',
        '_',
        '/',
        ':',
        'PERP',
        '9JUN20',
        '200609',
        '0d5',
        'C',
        'M20',
        'F0',
      ],
      ...['PERPETUAL', 'SWAP', 'PI_', '00', 'ı', '..', '99999999999999999999'],
    );
    const symbol = fc.oneof(
      fc.array(word, { maxLength: 7 }).map((words) => words.join('')),
      fc.string({ maxLength: 80 }),
    );
    let told = 0;
    fc.assert(
      fc.property(fc.constantFrom(...KNOWN_EXCHANGES), symbol, (exchange, text) => {
        const id = instrumentOfSymbol(exchange, text);
        if (id === undefined) return;
        told++;
        expect(parseInstrumentId(formatInstrumentId(id))).toEqual(id);
      }),
      { numRuns: 20_000 },
    );
    expect(told).toBeGreaterThan(100);
  });
});

const FAMILIES = [binance, bitfinex, bitmex, bybit, dashed, deribit, huobi, joined, kraken, okx].flat();
const BASES = ['BTC', 'XBT', 'ETH', 'XRP', 'PERP', 'USDC', 'EUR', '1000SHIB', 'BTCB', 'DOGE', 'A'];
const TERMS = {
  yymmdd: ['200626', '210326'],
  yyyymmdd: ['20200626', '20210326'],
  dMMMyy: ['26JUN20', '5MAR21'],
  month: ['M20', 'H21'],
  strike: ['9875', '0d5'],
  right: ['C', 'P'],
};

/** Symbols of every form that an exchange has. */
function symbolsOf({ forms }: ExchangeSymbols): string[] {
  return forms.flatMap(({ form, quotes = ['USD', 'USDT', 'BTC', 'XBT'] }) => {
    const pairs = BASES.flatMap((base) => quotes.map((quote) => base + quote));
    const words = { base: BASES, quote: [...quotes, 'USD', 'USDC'], pair: pairs, ...TERMS };
    return Object.entries(words).reduce(
      (made, [word, values]) =>
        made.flatMap((text) =>
          text.includes(`{${word}}`) ? values.map((value) => text.replace(`{${word}}`, value)) : [text],
        ),
      [form],
    );
  });
}

it.each(FAMILIES)('no two instruments of $exchange share an id', (symbols) => {
  const { exchange, assets = {} } = symbols;
  // Two names of one asset, and of one pair with a sign in it or without, are names of one instrument.
  const plain = (symbol: string) =>
    Object.entries(assets).reduce(
      (text, [theirs, ours]) => text.replaceAll(theirs, ours),
      symbol.replace(':', ''),
    );
  const byId = new Map<string, string>();
  for (const symbol of new Set(symbolsOf(symbols))) {
    const id = instrumentOfSymbol(exchange, symbol);
    if (id === undefined) continue;
    const text = formatInstrumentId(id);
    expect([text, plain(symbol)]).toEqual([text, byId.get(text) ?? plain(symbol)]);
    byId.set(text, plain(symbol));
  }
  expect(byId.size).toBeGreaterThan(5);
});

it.each([
  ['BTCUSDT', ['USDT', 'USD'], 'BTC USDT'],
  ['ADAEUR', ['EUR', 'AEUR'], 'ADA EUR'],
  ['FOOAEUR', ['EUR', 'AEUR'], undefined],
  ['USDT', ['USDT'], undefined],
  ['BTCXYZ', ['USDT'], undefined],
])('%s by %j is %s', (pair, quotes, expected) => {
  const cut = splitPair(pair, quotes);
  expect(cut && `${cut.base} ${cut.quote}`).toBe(expected);
});
