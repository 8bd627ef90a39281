export { memoryStore, openMemoryStore } from './memory-store.js';
