import { parentPort, workerData } from 'node:worker_threads';
import { attachArena } from '@ticklake/columnar';
import { assert, threadStarted, writeFailure } from '@ticklake/core';
import { createLaneHost } from './lane-host.js';
import type { HelperRequest, HelperResponse, HelperSetup } from './messages.js';

// The thread of a helper: requests are answered one after another, in the order they came.
assert(parentPort !== null, 'this file runs in a worker thread');
threadStarted();
const port = parentPort;
const { memory, start, end, kernels } = workerData as HelperSetup;
const host = createLaneHost(attachArena(memory, { start, end, kernels }));
let last: Promise<void> = Promise.resolve();

port.on('message', (request: HelperRequest) => {
  last = last.then(async () => {
    port.postMessage(await respond(request));
  });
});

async function respond(request: HelperRequest): Promise<HelperResponse> {
  try {
    const { digests, chunks } = await host.answer(request);
    // Of digests only the place: what else they have cannot be posted.
    const place = digests && { address: digests.address, rowCount: digests.rowCount };
    return { type: 'done', answer: { digests: place, chunks } };
  } catch (error) {
    return { type: 'failed', failure: writeFailure(error) };
  }
}
