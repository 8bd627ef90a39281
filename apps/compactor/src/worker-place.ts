import { Worker } from 'node:worker_threads';
import { LakeError, type Clock } from '@ticklake/core';
import { startWatchedChild, type ChildEnd } from '@ticklake/jobs';
import { ISOLATION } from './limits.js';
import type { FromWorker, ToWorker } from './worker-messages.js';

/** Where a worker runs, as the run sees it. */
export interface WorkerPlace {
  send(message: ToWorker): void;
  /** Who hears what the worker says; one at a time. */
  listen(listener: ((message: FromWorker) => void) | undefined): void;
  /** How long the worker may go on without a word, where anybody watches it; `undefined` while it has nothing to do. */
  allowSilence(msMax: number | undefined): void;
  /** Resolves when the worker is no more, with the reason. */
  readonly gone: Promise<Error>;
  end(): Promise<void>;
}

/** How the processes of `--isolate` are watched. */
export interface Isolation {
  /** Without a sign of life; more for large files. */
  readonly silenceMs: number;
  /** Memory of one process, all in all. */
  readonly residentBytesMax: number;
  /** The file it runs; tests have some that misbehave. */
  readonly script: URL;
}

/** What isolated workers run. */
export const WORKER_PROCESS = new URL('./worker-process.js', import.meta.url);

/** A worker in a thread: nobody watches it, and what it does to the process it does to the run. */
export function threadPlace(): WorkerPlace {
  const worker = new Worker(new URL('./worker-thread.js', import.meta.url));
  let hear: ((message: FromWorker) => void) | undefined;
  worker.on('message', (message: FromWorker) => hear?.(message));
  return {
    send: (message) => worker.postMessage(message),
    listen: (listener) => void (hear = listener),
    allowSilence: () => undefined,
    gone: new Promise((resolve) => {
      worker.on('error', resolve);
      worker.on('exit', () => resolve(new Error('a worker thread ended before its work did')));
    }),
    async end() {
      await worker.terminate();
    },
  };
}

/** A worker in a watched process of its own. */
export function processPlace({ script, residentBytesMax }: Isolation, clock: Clock): WorkerPlace {
  let hear: ((message: FromWorker) => void) | undefined;
  const child = startWatchedChild<ToWorker, FromWorker>({
    script,
    residentBytesMax,
    pollMs: ISOLATION.pollMs,
    clock,
    onMessage: (message) => hear?.(message),
  });
  return {
    send: child.send,
    listen: (listener) => void (hear = listener),
    allowSilence: child.allowSilence,
    gone: child.ended.then(isolationError),
    end: child.end,
  };
}

/** Whether `error` says that an isolated worker was lost over what it was doing. */
export function isIsolationError(error: unknown): error is LakeError {
  return error instanceof LakeError && error.code?.startsWith('ISOLATION_') === true;
}

function isolationError(end: ChildEnd): Error {
  switch (end.reason) {
    case 'memory': {
      const { residentBytes, residentBytesMax } = end;
      return lost('ISOLATION_MEMORY', 'reading spool files took more memory than it may', {
        residentBytes,
        residentBytesMax,
      });
    }
    case 'silence':
      return lost('ISOLATION_TIMEOUT', 'reading spool files got nowhere', { silentMs: end.silentMs });
    case 'crash': {
      const { exitCode, signal } = end;
      return lost('ISOLATION_CRASH', 'the process that read spool files crashed', { exitCode, signal });
    }
    case 'ended':
      return new Error('an isolated worker was ended before its work was');
  }
}

function lost(code: string, message: string, details: LakeError['details']): LakeError {
  return new LakeError('corrupt', message, { code, details });
}
