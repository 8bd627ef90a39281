import type { UtcDay } from '@ticklake/core';
import type { Tier } from '@ticklake/partition';

/** What a partition is of: each of these is in its path. */
export interface PartitionNames {
  readonly tier: Tier;
  /** e.g. `trades` or `ohlcv_1m`. */
  readonly dataType: string;
  readonly day: UtcDay;
  /** As ids have it, e.g. `BINANCE`; availability has all venues in one partition. */
  readonly venue: string | undefined;
  /** In its canonical form. */
  readonly instrument: string | undefined;
  /** Of candles, e.g. `1m`. */
  readonly timeframe: string | undefined;
}
