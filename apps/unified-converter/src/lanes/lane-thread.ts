import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '@ticklake/core';
import type { LaneSetup, ToLane } from './messages.js';
import { openLaneTools, serveLane } from './serve-lane.js';

// The thread of a second lane.
assert(parentPort !== null, 'this file runs in a worker thread');
const port = parentPort;

serveLane(
  {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => void port.on('message', (message: ToLane) => listener(message)),
  },
  openLaneTools(workerData as LaneSetup),
);
