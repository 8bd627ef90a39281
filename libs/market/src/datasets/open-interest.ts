import { collectorDataset, FLOAT64 } from './collector-dataset.js';
import type { Dataset } from '../dataset.js';

/** Contracts outstanding. */
export const openInterest: Dataset = collectorDataset('open_interest', [['open_interest', FLOAT64]]);
