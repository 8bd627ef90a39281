import type { InstrumentId } from '../instrument-id/index.js';
import { binance } from './binance.js';
import { bitfinex } from './bitfinex.js';
import { bitmex } from './bitmex.js';
import { bybit } from './bybit.js';
import { dashed } from './dashed.js';
import { deribit } from './deribit.js';
import { huobi } from './huobi.js';
import { joined } from './joined.js';
import { kraken } from './kraken.js';
import { okx } from './okx.js';
import { symbolReader } from './read-symbol.js';

/** A new venue is a file beside this one and a line here (AP-34). */
const exchanges = [
  ...binance,
  ...bitmex,
  ...deribit,
  ...bybit,
  ...okx,
  ...huobi,
  ...kraken,
  ...bitfinex,
  ...dashed,
  ...joined,
];

const readers: ReadonlyMap<string, (symbol: string) => InstrumentId | undefined> = new Map(
  exchanges.map((symbols) => [symbols.exchange, symbolReader(symbols)]),
);

/** What {@link instrumentOfSymbol} knows, as Tardis calls it, in alphabetical order. */
export const KNOWN_EXCHANGES: readonly string[] = [...readers.keys()].sort();

/** Longer than any symbol of an exchange. */
const SYMBOL_CHARS_MAX = 64;

/**
 * The instrument that a row's exchange and symbol mean (AP-16), both as Tardis writes them: `deribit` and `BTC-9JUN20-9875-P` are
 * `DERIBIT:OPTION:BTC-USD-200609-9875-PUT`. The symbol is read in any case. Two instruments of an
 * exchange never share an id; two names of one may, as Kraken's `XBT/USD` and `BTC/USD` do.
 *
 * @returns `undefined` where nothing is known of the exchange, or where the symbol does not tell: a combination, a contract named by its
 *   place in the calendar, a second contract of a pair that is margined otherwise. Nothing is guessed.
 */
export function instrumentOfSymbol(exchange: string, symbol: string): InstrumentId | undefined {
  if (symbol.length > SYMBOL_CHARS_MAX || !/^[A-Za-z0-9_.:/-]+$/.test(symbol)) return undefined;
  return readers.get(exchange)?.(symbol.toUpperCase());
}
