export { memorySource, type MemorySource } from './memory-source.js';
export { memorySpill, type MemorySpill } from './memory-spill.js';
