export { addSequence, withSequence, type SequenceOptions } from './add-sequence.js';
export { batchSource, type BatchSourceOptions } from './batch-source.js';
export {
  createRowGatherer,
  type DrawnRows,
  type GatheredRows,
  type OnEnded,
  type Piece,
  type RowGatherer,
} from './gather-rows.js';
export {
  mergeSources,
  reduceOverlap,
  type MergeInput,
  type MergeOptions,
  type MergeProof,
} from './merge-sources.js';
export { type KeyPiece, type MergeSource, type Spill } from './merge-source.js';
export { overlapMax } from './overlap.js';
export { planRuns, type PlanRunsOptions } from './plan-runs.js';
export { createRowProof, type RowProof, type TakenRows } from './row-proof.js';
export { type RunList } from './run-list.js';
export { runsInTurn, type RunsInTurnOptions } from './runs-in-turn.js';
export { sortSource, type SortOptions } from './sort-source.js';
export { stopIfAborted } from './stop-if-aborted.js';
