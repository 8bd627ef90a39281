export { requireTimeframes, resampleBars, type ResampledBar, type ResampleOptions } from '@ticklake/market';
export { app } from './app.js';
export { convert, type ConvertedDataset, type ConvertSummary } from './convert.js';
export type { ConvertContext, ConvertRequest } from './convert-request.js';
export { collectionConfigSchema, CONFIG_NAME, type CollectionConfig } from './documents/collection-config.js';
export {
  METADATA_NAME,
  metadataSchema,
  type DatasetEntry,
  type Metadata,
  type PartitionEntry,
  type SourceEntry,
} from './documents/metadata.js';
export { partitionManifestSchema, type DerivedFrom, type PartitionManifest } from './partitions/manifest.js';
export type { Filter, FilterOperator, FilterValue } from '@ticklake/scan';
export {
  datasetSchema,
  readPartitionedDataset,
  type ReadOptions,
} from './reader/read-partitioned-dataset.js';
export type { DerivedDataset } from './resample/derive-klines.js';
export { runStep, type RunStepContext, type RunStepRequest } from './run-step.js';
export {
  VALIDATION_NAME,
  validationSchema,
  type BarsReport,
  type PartitionReport,
  type Validation,
} from './validation/report.js';
export { VERSION } from './version.js';
