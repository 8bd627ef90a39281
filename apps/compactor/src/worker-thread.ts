import { parentPort } from 'node:worker_threads';
import { assert } from '@ticklake/core';
import { openTools, serveRequests } from './serve-requests.js';
import type { ToWorker } from './worker-messages.js';

// A worker of `--workers` with `--no-isolate`.
assert(parentPort !== null, 'this file runs in a worker thread');
const port = parentPort;

serveRequests(
  {
    send(message) {
      port.postMessage(message);
      return Promise.resolve();
    },
    onMessage: (listener) => void port.on('message', (message: ToWorker) => listener(message)),
  },
  openTools,
);
