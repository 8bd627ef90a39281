/** Columns of few distinct texts, which are written as a dictionary wherever they occur (AP-25). */
export const CATEGORICAL_COLUMNS: readonly string[] = [
  'venue',
  'instrument_id',
  'data_type',
  'data_tier',
  'instrument_type',
  'base_asset',
  'quote_asset',
  'timeframe',
];
