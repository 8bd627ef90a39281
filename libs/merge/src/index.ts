export { addSequence, withSequence, type SequenceOptions } from './add-sequence.js';
export { batchSource, type BatchSourceOptions } from './batch-source.js';
export { gatherColumn } from './gather-column.js';
export { mergeSources, type MergeOptions } from './merge-sources.js';
export { type MergeSource, type Spill } from './merge-source.js';
export { planRuns, type PlanRunsOptions } from './plan-runs.js';
export { type RunList } from './run-list.js';
export { sortSource, type SortOptions } from './sort-source.js';
