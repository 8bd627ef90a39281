export { memoryHost, type MemoryHost, type MemoryHostOptions } from './memory-host.js';
