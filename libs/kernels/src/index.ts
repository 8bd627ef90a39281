export { type Address, type Kernels } from './contract/kernels.js';
export { CSV_CELL, CSV_STATE, CSV_STATE_BYTES } from './contract/csv-kernels.js';
export { DELTA_PROBLEM, DELTA_STATE_BYTES, deltaBytesMax } from './contract/delta-kernels.js';
export { DICTIONARY_STATE_BYTES, dictionarySlotBytes } from './contract/dictionary-kernels.js';
export { HYBRID_PROBLEM, HYBRID_STATE_BYTES } from './contract/hybrid-kernels.js';
export {
  MERGE_SCRATCH_BYTES,
  MERGE_STATE,
  MERGE_STATE_BYTES,
  MERGE_STOP,
  SORTED_SOURCES_MIN,
} from './contract/merge-kernels.js';
export {
  attachKernelMemory,
  createKernelMemory,
  KERNEL_BYTES_MAX,
  type KernelMemory,
  type KernelMemoryHandle,
} from './kernel-memory.js';
export { defaultKernels, openKernels, type KernelChoice } from './open-kernels.js';
