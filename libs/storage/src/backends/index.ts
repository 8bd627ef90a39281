import type { Backend } from './backend.js';
import { openGcsStore } from './gcs/index.js';
import { openLocalStore } from './local/index.js';
import { openMemoryStore } from './memory/index.js';
import { openR2Store } from './r2/index.js';
import { openS3Store } from './s3/index.js';

/** Every URL scheme and what opens it. A new backend is a folder here and one line. */
export const backends: ReadonlyMap<string, Backend> = new Map([
  ['file', openLocalStore],
  ['memory', openMemoryStore],
  ['s3', openS3Store],
  ['r2', openR2Store],
  ['gs', openGcsStore],
]);
