import type { UtcDay } from '@ticklake/core';
import type { InstrumentType } from './instrument-type.js';

/** Whether an option is one to buy or to sell. */
export type OptionRight = 'CALL' | 'PUT';

/** Types whose symbol is one asset, held or quoted on its own. */
export type SymbolType = Exclude<InstrumentType, 'SPOT_PAIR' | 'PERPETUAL' | 'FUTURE' | 'OPTION'>;

/**
 * What is traded where (AP-16). Names are in upper case, the venue's too. Where its text once had another spelling, whoever read it keeps
 * that beside the id (C-49).
 */
export type InstrumentId = PairId | FutureId | OptionId | SymbolId;

/** A pair that is traded on the spot, or as a future that never expires: `BINANCE:SPOT_PAIR:BTC-USDT`. */
export interface PairId extends Pair {
  readonly type: 'SPOT_PAIR' | 'PERPETUAL';
}

/** A future with an end: `DERIBIT:FUTURE:BTC-USD-241225`. */
export interface FutureId extends Pair {
  readonly type: 'FUTURE';
  /** The UTC day on which it expires, of the years 2000 to 2099. */
  readonly expiry: UtcDay;
}

/** An option: `DERIBIT:OPTION:BTC-USD-241225-50000-CALL`. */
export interface OptionId extends Pair {
  readonly type: 'OPTION';
  /** The UTC day on which it expires, of the years 2000 to 2099. */
  readonly expiry: UtcDay;
  /** In the quote asset: a decimal number without exponent and without zeros that say nothing, `50000` or `0.5`. */
  readonly strike: string;
  readonly right: OptionRight;
}

/** One asset: `WALLET:SPOT_ASSET:USDT`, `NASDAQ:EQUITY:AAPL`. */
export interface SymbolId {
  readonly venue: string;
  readonly type: SymbolType;
  readonly symbol: string;
}

interface Pair {
  readonly venue: string;
  /** What is bought. */
  readonly base: string;
  /** What it is priced in. */
  readonly quote: string;
}
