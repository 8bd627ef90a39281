export { app } from './app.js';
export { openAvailability, type AvailabilityIndex } from './availability/availability-index.js';
export {
  diffLakes,
  type DifferingPartition,
  type DiffOptions,
  type DiffSide,
  type LakeDiff,
  type OnlyPartition,
} from './diff/diff-lakes.js';
export type { DifferingRow } from './diff/differing-rows.js';
export { instrumentBatch, instrumentRows, readInstruments, type InstrumentRow } from './instruments/index.js';
export { layoutSchema, LAYOUT_NAME, type LayoutDocument } from './layout/layout-document.js';
export {
  partitionAvailabilityData,
  partitionExecutionData,
  partitionMlData,
  type AvailabilityDataOptions,
  type AvailabilityPartitionSet,
  type ExecutionDataOptions,
  type MarketPartitionSet,
  type MlDataOptions,
  type PartitionSet,
} from './partition-data.js';
export { partitionManifestSchema, type PartitionManifest, type ViewCopy } from './partitions/manifest.js';
export type { PartitionNames } from './partitions/partition-names.js';
export type { ColumnStats, DataTypeStats } from './reader/lake-stats.js';
export { openLake, type LakeOptions, type LakeReader, type ReadResult } from './reader/open-lake.js';
export type { ReadPlan, Route } from './reader/plan-read.js';
export type {
  AvailabilityRead,
  DateArgument,
  ExecutionRead,
  MlRead,
  ReadOptions,
} from './reader/read-request.js';
export type { Batches } from './rows/batch-source.js';
export {
  saveAndUploadPartitions,
  type SaveOptions,
  type UploadedPartition,
  type UploadedView,
} from './save-partitions.js';
export { VERSION } from './version.js';
