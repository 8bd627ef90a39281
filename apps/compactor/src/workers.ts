import { Worker } from 'node:worker_threads';
import { LakeError, readFailure } from '@ticklake/core';
import type { Compacted } from './compact-partition.js';
import { executePartition, type ExecuteContext } from './partition-task.js';
import type { CompactTask, Settings } from './settings.js';
import type { FromWorker, ToWorker, WorkerSetup } from './worker-messages.js';

/** Something that does tasks, as many at once as it was made for. */
export interface Workers {
  execute(task: CompactTask, context: ExecuteContext): Promise<Compacted>;
  /** Ends the threads. Idempotent. */
  close(): Promise<void>;
}

/** How {@link createWorkers} works. */
export interface WorkersOptions {
  readonly workers: number;
  readonly raw: string;
  readonly compact: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly settings: Settings;
}

/**
 * One partition at a time is done in this thread; more, each in a thread of its own with its own stores (spec row
 * CM-30). What is published does not depend on it.
 */
export function createWorkers({ workers, raw, compact, env, settings }: WorkersOptions): Workers {
  if (workers === 1) return { execute: executePartition, close: () => Promise.resolve() };
  const setup: WorkerSetup = { raw, compact, env: { ...env }, settings };
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const start = () => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: setup });
    all.add(worker);
    return worker;
  };
  return {
    async execute(task, context) {
      const worker = idle.pop() ?? start();
      try {
        const compacted = await ask(worker, task, context);
        idle.push(worker);
        return compacted;
      } catch (error) {
        if (error instanceof LakeError) idle.push(worker);
        else {
          all.delete(worker);
          await worker.terminate();
        }
        throw error;
      }
    },
    async close() {
      await Promise.all([...all].map((worker) => worker.terminate()));
      all.clear();
      idle.length = 0;
    },
  };
}

/** One task, asked of one thread; the thread is free again when this settles with a result or a LakeError. */
function ask(worker: Worker, task: CompactTask, context: ExecuteContext): Promise<Compacted> {
  const { createdAt, owner, tool, signal, onRows } = context;
  const send = (message: ToWorker) => worker.postMessage(message);
  return new Promise((resolve, reject) => {
    const abort = () => send({ type: 'abort' });
    const settle = (end: () => void) => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      worker.off('exit', onExit);
      signal.removeEventListener('abort', abort);
      end();
    };
    const onMessage = (message: FromWorker) => {
      if (message.type === 'rows') onRows(message.rowsDone);
      else if (message.type === 'done') settle(() => resolve(message.compacted));
      else settle(() => reject(readFailure(message.failure)));
    };
    const onError = (error: Error) => settle(() => reject(error));
    const onExit = () => settle(() => reject(new Error('a worker thread ended before its task did')));
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.on('exit', onExit);
    signal.addEventListener('abort', abort, { once: true });
    send({ type: 'task', task, createdAt, owner, tool });
    if (signal.aborted) abort();
  });
}
