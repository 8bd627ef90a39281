import { collectorDataset, FLOAT64, INT64 } from './collector-dataset.js';
import type { Dataset } from '../dataset.js';

/** Funding rates of perpetuals; `next_funding_ts` in milliseconds since 1970. */
export const funding: Dataset = collectorDataset('funding', [
  ['funding_rate', FLOAT64],
  ['next_funding_ts', INT64],
]);
