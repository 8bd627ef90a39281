import { parentPort, workerData } from 'node:worker_threads';
import { createArena } from '@ticklake/columnar';
import { assert, systemClock, writeFailure } from '@ticklake/core';
import { nodeFileSystem, openStore, readOnly } from '@ticklake/storage';
import { executePartition } from './partition-task.js';
import type { FromWorker, ToWorker, WorkerSetup } from './worker-messages.js';

// A worker thread of `--workers`: one task at a time, with stores of its own.
assert(parentPort !== null, 'this file runs in a worker thread');
const port = parentPort;
const { raw, compact, env, settings } = workerData as WorkerSetup;
const stores = { raw: readOnly(openStore(raw, { env })), compact: openStore(compact, { env }) };
const arena = createArena({ bytesMax: settings.memory });
const send = (message: FromWorker) => port.postMessage(message);
let running = new AbortController();

port.on('message', (message: ToWorker) => {
  if (message.type === 'abort') {
    running.abort();
    return;
  }
  running = new AbortController();
  const { task, createdAt, owner, tool } = message;
  const onRows = (rowsDone: number) => send({ type: 'rows', rowsDone });
  executePartition(task, {
    ...stores,
    arena,
    settings,
    fileSystem: nodeFileSystem,
    clock: systemClock,
    createdAt,
    owner,
    tool,
    signal: running.signal,
    onRows,
  }).then(
    (compacted) => send({ type: 'done', compacted }),
    (error: unknown) => send({ type: 'failed', failure: writeFailure(error) }),
  );
});
