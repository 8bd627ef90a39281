import { collectorDataset, FLOAT64 } from './collector-dataset.js';
import type { Dataset } from '../dataset.js';

/** Best bid and offer: one row per change of either side's price or quantity. */
export const bbo: Dataset = collectorDataset('bbo', [
  ['bid_price', FLOAT64],
  ['bid_qty', FLOAT64],
  ['ask_price', FLOAT64],
  ['ask_qty', FLOAT64],
]);
