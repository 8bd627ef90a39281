import { collectorDataset, FLOAT64, INT8, UTF8 } from './collector-dataset.js';
import type { Dataset } from '../dataset.js';

/** Trades: `side` is 1 where the taker bought and -1 where it sold. Many share one millisecond. */
export const trade: Dataset = collectorDataset('trade', [
  ['price', FLOAT64],
  ['qty', FLOAT64],
  ['side', INT8],
  ['trade_id', UTF8],
]);
