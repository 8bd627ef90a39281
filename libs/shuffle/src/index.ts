export { groupByDay, groupByNumber, type KeyedRows } from './group-rows.js';
export { mergeOrdered, type MergeOrderedOptions } from './merge-ordered.js';
export { onlySources, type PartitionRows } from './only-sources.js';
export { orderedRows, type OrderedRowsOptions } from './ordered-rows.js';
export { type OrderedRows } from './part-rows.js';
export { RoutedPartition, type RoutedRows, type SourceShare } from './routed-partition.js';
export { createRouter, type Router } from './router.js';
export { createRunSpill, runsThatFit } from './run-spill.js';
export {
  createMemorySpill,
  createSpill,
  createSpillRoom,
  openSpill,
  type Spill,
  type SpilledRows,
  type SpillReader,
  type SpillRoom,
} from './spill.js';
export { timesOf } from './times.js';
