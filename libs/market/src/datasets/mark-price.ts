import { collectorDataset, FLOAT64 } from './collector-dataset.js';
import type { Dataset } from '../dataset.js';

/** Mark prices; `index_price` is null where the exchange gives none. */
export const markPrice: Dataset = collectorDataset('mark_price', [
  ['mark_price', FLOAT64],
  ['index_price', FLOAT64],
]);
