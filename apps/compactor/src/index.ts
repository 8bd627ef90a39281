export { VERSION, app } from './app.js';
export {
  collectSources,
  type CollectContext,
  type Collection,
  type RedundantFile,
} from './collect-sources.js';
export { collectSpool, type SpoolCollection } from './collect-spool.js';
export { compactPartition, type CompactContext, type Compacted } from './compact-partition.js';
export { coverageOf, type Coverage, type CoverageRequest, type SymbolCoverage } from './coverage.js';
export {
  discoverPartitions,
  type Discovery,
  type NameFilters,
  type PartitionFilter,
  type SpoolPartition,
} from './discover-partitions.js';
export { diagnose, diagnosesText, type DiagnoseOptions } from './doctor/diagnose.js';
export type { Diagnosis } from './doctor/diagnosis.js';
export { nodeHostFacts, type HostFacts } from './doctor/host-facts.js';
export {
  STATE_KEY,
  metaSchema,
  stateSchema,
  type Meta,
  type PartitionState,
  type State,
} from './documents.js';
export type { Estimate, RunEstimate } from './estimate.js';
export type {
  ChunkReport,
  FileReport,
  LeafReport,
  MetadataReport,
  PageCounts,
  ReceiptReport,
  RowGroupReport,
} from './file-report.js';
export {
  judgeHealth,
  judgeReadiness,
  type Health,
  type HealthRequest,
  type Readiness,
  type Trouble,
} from './health.js';
export { inspectFile, type InspectFileOptions } from './inspect-file.js';
export { compact, compactScope, type CompactSummary } from './job.js';
export {
  isTroubled,
  listPartitions,
  type ListRequest,
  type ListedMeta,
  type PartitionListing,
} from './list-partitions.js';
export { remakeState, seedState, type MendContext, type StateRemake } from './mend-state.js';
export { nameFilter, type NameFilter } from './name-filter.js';
export {
  parsePartition,
  partitionDirectory,
  partitionId,
  quarantineDirectory,
  type PartitionKey,
} from './partition-key.js';
export type { LeaseSeeker } from './partition-lease.js';
export { logPartition, type GenerationEntry, type PartitionLog } from './partition-log.js';
export { executePartition, type ExecuteContext } from './partition-task.js';
export { planCompaction, planText, type CompactionPlan, type PlannedPartition } from './plan.js';
export {
  reportQuality,
  type DayQuality,
  type PartitionQuality,
  type QualityReport,
  type QualityRequest,
} from './quality/report-quality.js';
export { silenceThresholdMs } from './quality/silence-thresholds.js';
export { rebuildState, type RebuiltState } from './rebuild-state.js';
export { repairLake } from './repair-lake.js';
export { repairPartition, type Repair, type RepairContext } from './repair-partition.js';
export {
  rollbackPartition,
  type Rollback,
  type RollbackContext,
  type RollbackRequest,
} from './rollback-partition.js';
export { chooseSample, parseSample, type Sample, type SampleCandidate } from './sample.js';
export { openScope, planScope, type CompactRequest, type JobContext, type Scope } from './scope.js';
export { SCRUB_KEY, scrubNext, scrubSchema, type Scrub, type ScrubResult } from './scrub.js';
export { TAKE_EVERYTHING, type Order, type Selection } from './select-partitions.js';
export { requireSeparateRoots, type Roots } from './separate-roots.js';
export type { CompactTask, OnCorrupt, Settings } from './settings.js';
export { viewState, type StateView, type UnfinishedPartition } from './show-state.js';
export {
  sweep,
  type SweepContext,
  type SweepReport,
  type SweepRequest,
  type SweptLeftover,
} from './sweep.js';
export { renderUnits, settingsOfUnit, type UnitFile } from './units/render-units.js';
export { USUAL_UNITS, type UnitSettings } from './units/unit-settings.js';
export {
  verifyLake,
  type Extent,
  type VerifyLakeContext,
  type VerifyRequest,
  type VerifySummary,
} from './verify-lake.js';
export { verifyPartition, type PartitionVerdict } from './verify-partition.js';
export { whence, type Lineage, type RowLineage, type SourceCandidate, type WhenceContext } from './whence.js';
