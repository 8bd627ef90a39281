import { Worker } from 'node:worker_threads';
import { LakeError } from '@ticklake/core';
import { openThreadMail } from '@ticklake/jobs';
import type { PublishRun } from '../partitions/publish-partition.js';
import type { ReadSource, SourceRequest } from '../sources/open-source.js';
import type { LaneAnswer, LaneRequest, LaneTools } from './lane-work.js';
import type { FromLane, LaneSetup, ToLane } from './messages.js';
import { readShared } from './read-shared.js';

/** A lane in a thread of its own, which does one thing at a time. */
export interface ThreadLane {
  /** Does what is asked for. @throws LakeError as {@link DoLaneWork}; `cancelled` when the thread was lost after the signal; Error when it was before. */
  run<R extends LaneRequest>(request: R, run: PublishRun): Promise<LaneAnswer<R>>;
  /** Reads a source once its rows are asked for, some of it here with `tools`. They hold until the next are asked for. */
  read(request: SourceRequest, tools: Pick<LaneTools, 'data' | 'arena'>): ReadSource;
  /** Ends the thread. Idempotent. */
  close(): Promise<void>;
}

/** Starts the thread of a lane. `script` is the built file that it runs; only tests need to say. */
export function startLane(
  setup: LaneSetup,
  script = new URL('./lane-thread.js', import.meta.url),
): ThreadLane {
  // Not `startThread`: it starts sooner so, for 3 to 5 % of a conversion, but where it does not, peaks are 15 MiB higher.
  const worker = new Worker(script, { workerData: setup });
  const mail = openThreadMail<ToLane, FromLane>(worker);
  return {
    async run<R extends LaneRequest>(request: R, { signal, onRows }: PublishRun) {
      const abort = () => mail.post({ type: 'abort' });
      mail.post({ type: 'do', request });
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) abort();
      try {
        for (;;) {
          const message = await mail.next();
          if (message.type === 'done') return message.answer as LaneAnswer<R>;
          if (message.type === 'progress') onRows(message.rowsDone);
        }
      } catch (error) {
        if (!mail.isLost || !signal.aborted) throw error;
        throw new LakeError('cancelled', 'cancelled with its thread', { cause: error });
      } finally {
        signal.removeEventListener('abort', abort);
      }
    },
    read: (request, tools) => readShared(request, mail, tools),
    async close() {
      await worker.terminate();
    },
  };
}
