import type { InstrumentId } from '../instrument-id/index.js';

/** What the symbols of one exchange mean: a table of their forms, read from the top. */
export interface ExchangeSymbols {
  /** As Tardis calls it, e.g. `binance-futures`. */
  readonly exchange: string;
  /** As an instrument id calls it, e.g. `BINANCE-FUTURES`. */
  readonly venue: string;
  readonly forms: readonly SymbolForm[];
  /** Assets that this exchange calls otherwise than the rest of the world does, e.g. `XBT` for `BTC`. */
  readonly assets?: Readonly<Record<string, string>>;
}

/**
 * How symbols of one type look. `form` is the symbol with a word in braces for what differs: `{base}`, `{quote}`, `{pair}` where the two
 * stand together, `{yymmdd}`, `{yyyymmdd}` and `{dMMMyy}` for an expiry, `{month}` for a month code with a year (`M20`: the last Friday of June 2020),
 * `{strike}` (`9875`, `0.5`, `0d5`) and `{right}` (`C`, `P`).
 */
export interface SymbolForm {
  readonly form: string;
  readonly type: TradedType;
  /** Where the symbol does not say it. */
  readonly base?: string;
  /** Where the symbol does not say it. */
  readonly quote?: string;
  /** What the quote is one of. A `{pair}` is only told apart by it. */
  readonly quotes?: readonly string[];
  /** What the base is one of, where others would mean something else. */
  readonly bases?: readonly string[];
}

/** Types that exchanges list. */
export type TradedType = Extract<InstrumentId, { readonly base: string }>['type'];
