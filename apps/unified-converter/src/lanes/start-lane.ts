import { Worker } from 'node:worker_threads';
import { assert, LakeError } from '@ticklake/core';
import { openThreadMail, type ThreadMail } from '@ticklake/jobs';
import { UNIFIED } from '@ticklake/market';
import type { PublishRun } from '../partitions/publish-partition.js';
import { valueFieldsOf } from '../partitions/stored-columns.js';
import type { SourceReading } from '../sources/source-rows.js';
import type { ReadSource, SourceRequest } from '../sources/open-source.js';
import type { LaneAnswer, LaneRequest } from './lane-work.js';
import type { FromLane, LaneSetup, ToLane } from './messages.js';
import { createSlots, slotColumns } from './row-slots.js';

/** A lane in a thread of its own, which does one thing at a time. */
export interface ThreadLane {
  /** Does what is asked for. @throws LakeError as {@link DoLaneWork}; `cancelled` when the thread was lost after the signal; Error when it was before. */
  run<R extends LaneRequest>(request: R, run: PublishRun): Promise<LaneAnswer<R>>;
  /** Begins to read a source. Its rows hold until the next are asked for. */
  read(request: SourceRequest): ReadSource;
  /** Ends the thread. Idempotent. */
  close(): Promise<void>;
}

/** Starts the thread of a lane. `script` is the built file that it runs; only tests need to say. */
export function startLane(
  setup: LaneSetup,
  script = new URL('./lane-thread.js', import.meta.url),
): ThreadLane {
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
    read: (request) => readApart(request, mail),
    async close() {
      await worker.terminate();
    },
  };
}

function readApart(request: SourceRequest, mail: ThreadMail<ToLane, FromLane>): ReadSource {
  const fields = valueFieldsOf(UNIFIED[request.dataset]);
  const slots = createSlots(fields);
  let reading: SourceReading | undefined;
  mail.post({ type: 'read', request, slots });
  return {
    async *rows() {
      for (;;) {
        const message = await mail.next();
        assert(message.type === 'rows' || message.type === 'read', 'a lane that reads tells of rows');
        reading = message.reading;
        if (message.type === 'read') return;
        const { slot, rowCount } = message;
        yield { rowCount, columns: slotColumns(slots[slot] as SharedArrayBuffer, fields, message) };
        mail.post({ type: 'free', slot });
      }
    },
    reading() {
      assert(reading !== undefined, 'rows are read before it is known how');
      return reading;
    },
  };
}
