import type { UtcDay } from '@ticklake/core';

/** A partition of ticks or candles: a day of one data type of one instrument. */
export interface MarketPartition {
  readonly day: UtcDay;
  /** The canonical id, in upper case: `BINANCE:SPOT_PAIR:BTC-USDT`. */
  readonly instrument: string;
  /** `trades`, `ohlcv_1m`. */
  readonly dataType: string;
  /** Of candles, and of nothing else, what their data type ends in: `1m` of `ohlcv_1m`. */
  readonly timeframe?: string | undefined;
}

/** A partition of the availability tier. It has what its view writes: `by_date` neither venue nor type. */
export interface AvailabilityPartition {
  readonly day: UtcDay;
  /** In upper case: `BINANCE`. */
  readonly venue?: string | undefined;
  /** In upper case: `SPOT_PAIR`. */
  readonly instrumentType?: string | undefined;
}

/** What is known of the partitions to list. A day is its year and month, an instrument its venue and type. */
export interface KnownOfPartition {
  readonly day?: UtcDay | undefined;
  readonly year?: number | undefined;
  /** 1 to 12. */
  readonly month?: number | undefined;
  readonly venue?: string | undefined;
  readonly instrument?: string | undefined;
  readonly instrumentType?: string | undefined;
  readonly dataType?: string | undefined;
  readonly timeframe?: string | undefined;
}
