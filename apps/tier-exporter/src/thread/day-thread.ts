import { parentPort } from 'node:worker_threads';
import { assert, threadStarted } from '@ticklake/core';
import type { ToThread } from './messages.js';
import { serveDay } from './serve-day.js';

// The second thread of an export.
assert(parentPort !== null, 'this file runs in a worker thread');
threadStarted();
const port = parentPort;

serveDay({
  send: (message) => port.postMessage(message),
  onMessage: (listener) => void port.on('message', (message: ToThread) => listener(message)),
});
