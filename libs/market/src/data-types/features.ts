import { TIMESTAMP, type ArchitectureDataset } from './architecture-dataset.js';

/** What was computed of candles or of other sources (AP-20): whatever columns there are beside a `timestamp`, in whatever unit it has. */
export const features: readonly ArchitectureDataset[] = [
  'technical_features',
  'fundamental_features',
  'ml_signals',
].map((name) => ({
  name,
  tier: 'ml',
  schema: { fields: [TIMESTAMP] },
  timeColumn: TIMESTAMP.name,
  orderBy: [TIMESTAMP.name],
  timeUnit: undefined,
  timeframe: undefined,
  isPassThrough: true,
  csv: undefined,
}));
