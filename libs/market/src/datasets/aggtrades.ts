import { INT64 } from './collector-dataset.js';
import { float64Field, unifiedDataset, type UnifiedDataset } from './unified.js';

/** Trades of one taker order at one price (UC-09): `timestamp` as the exchange gave it, in the unit that the manifest names. */
export const aggtrades: UnifiedDataset = unifiedDataset('aggtrades', {
  hasTimeframe: false,
  values: [
    float64Field('trade_price'),
    float64Field('trade_quantity'),
    { name: 'trade_is_buyer_maker', type: { kind: 'bool' }, nullable: false },
    { name: 'trade_id', type: INT64, nullable: false },
  ],
});
