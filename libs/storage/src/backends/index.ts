import type { Backend } from './backend.js';
import { openLocalStore } from './local/index.js';
import { openMemoryStore } from './memory/index.js';
import { unsupported } from './unsupported.js';

/** Every URL scheme and what opens it. A new backend is a folder here and one line. */
export const backends: ReadonlyMap<string, Backend> = new Map([
  ['file', openLocalStore],
  ['memory', openMemoryStore],
  ['s3', unsupported('s3')],
  ['r2', unsupported('r2')],
  ['gs', unsupported('gs')],
]);
