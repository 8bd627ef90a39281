export { memorySource, type MemorySource } from './memory-source.js';
export { copyBatch, copyBatches, memorySpill, type MemorySpill } from './memory-spill.js';
