import { float64Field, unifiedDataset, type UnifiedDataset } from './unified.js';

/** Bars of one timeframe (UC-08): `timestamp` is when a bar opens, in milliseconds since 1970. */
export const klines: UnifiedDataset = unifiedDataset('klines', {
  hasTimeframe: true,
  values: ['open', 'high', 'low', 'close', 'volume'].map(float64Field),
});
