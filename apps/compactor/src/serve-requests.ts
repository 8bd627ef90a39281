import { createArena, type Arena } from '@ticklake/columnar';
import { assert, LakeError, writeFailure } from '@ticklake/core';
import { datasetOf } from '@ticklake/market';
import { countRequests, nodeFileSystem, type FileSystem, type ObjectStore } from '@ticklake/storage';
import { compactPartition } from './compact-partition.js';
import { findDamage } from './find-damage.js';
import { openReadOnly, openWritable } from './open-stores.js';
import { residentBytesMax } from './resident-bytes-max.js';
import type { Settings } from './settings.js';
import type {
  FromWorker,
  ToWorker,
  WorkerAnswer,
  WorkerRequest,
  WorkerSetup,
  WorkerSpent,
} from './worker-messages.js';

/** A worker's way to the run. */
export interface RunChannel {
  /** Resolves when the message is on its way. */
  send(message: FromWorker): Promise<void>;
  onMessage(listener: (message: ToWorker) => void): void;
}

/** What a worker reads and writes with. */
export interface WorkerTools {
  readonly arena: Arena;
  readonly raw: ObjectStore;
  readonly compact: ObjectStore;
  readonly fileSystem: FileSystem;
  readonly settings: Settings;
  spent(): WorkerSpent;
}

/** Stores and memory of a worker's own. */
export function openTools({ raw, compact, env, settings }: WorkerSetup): WorkerTools {
  const requests = { raw: countRequests(), compact: countRequests() };
  return {
    arena: createArena({ bytesMax: settings.memory }),
    raw: openReadOnly(raw, env, requests.raw.onRequest),
    compact: openWritable(compact, env, requests.compact.onRequest),
    fileSystem: nodeFileSystem,
    settings,
    spent: () => ({
      raw: requests.raw.totals(),
      compact: requests.compact.totals(),
      residentBytesMax: residentBytesMax(),
    }),
  };
}

/** Does what the run asks, one thing at a time, until the worker is ended. */
export function serveRequests(channel: RunChannel, open: (setup: WorkerSetup) => WorkerTools): void {
  let tools: WorkerTools | undefined;
  let running = new AbortController();
  channel.onMessage((message) => {
    if (message.type === 'setup') tools = open(message.setup);
    else if (message.type === 'abort') running.abort();
    else {
      assert(tools !== undefined, 'a worker is set up before it is asked');
      running = new AbortController();
      const { spent } = tools;
      void answer(message, tools, running.signal, channel)
        .catch((error: unknown): WorkerAnswer => ({ type: 'failed', failure: writeFailure(error) }))
        .then(async (last) => {
          await channel.send({ type: 'spent', spent: spent() });
          await channel.send(last);
        });
    }
  });
}

async function answer(
  request: WorkerRequest,
  tools: WorkerTools,
  signal: AbortSignal,
  { send }: RunChannel,
): Promise<WorkerAnswer> {
  if (request.type === 'compact') {
    const onRows = (rowsDone: number) => void send({ type: 'rows', rowsDone });
    const { task, createdAt } = request;
    return {
      type: 'compacted',
      compacted: await compactPartition(task, { ...tools, createdAt, signal, onRows }),
    };
  }
  const { stream, sources } = request;
  const damages = await findDamage(tools.raw, sources, {
    arena: tools.arena,
    dataset: datasetOf(stream),
    // One at a time, and each is told first: whatever happens then, happens over that one.
    concurrency: 1,
    async onFile(index) {
      if (signal.aborted) throw new LakeError('cancelled', 'cancelled while looking for damage');
      await send({ type: 'file', index });
    },
  });
  return {
    type: 'judged',
    damages: damages.map(({ object, error, rows }) => ({
      index: sources.indexOf(object),
      failure: writeFailure(error),
      rows,
    })),
  };
}
