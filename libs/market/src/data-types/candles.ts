import { number, TIMESTAMP, type ArchitectureDataset } from './architecture-dataset.js';

/** The timeframes of candles (AP-19), shortest first. All but the first are made of it (AP-21). */
export const CANDLE_TIMEFRAMES = ['1m', '5m', '15m', '1h', '4h', '1d'] as const;

/** `ohlcv_1m` to `ohlcv_1d`: `timestamp` is when a bar opens. */
export const candles: readonly ArchitectureDataset[] = CANDLE_TIMEFRAMES.map((timeframe) => ({
  name: `ohlcv_${timeframe}`,
  tier: 'ml',
  schema: { fields: [TIMESTAMP, ...['open', 'high', 'low', 'close', 'volume'].map(number)] },
  timeColumn: TIMESTAMP.name,
  orderBy: [TIMESTAMP.name],
  timeUnit: 'us',
  timeframe,
  isPassThrough: false,
  csv: undefined,
}));
