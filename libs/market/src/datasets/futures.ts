import { INT64 } from './collector-dataset.js';
import { float64Field, unifiedDataset, type UnifiedDataset } from './unified.js';

/** Funding of a perpetual (UC-10): both times as the exchange gave them. `funding_time` is null where a source does not say it. */
export const futures: UnifiedDataset = unifiedDataset('futures', {
  hasTimeframe: false,
  values: [float64Field('funding_rate'), { name: 'funding_time', type: INT64, nullable: true }],
});
