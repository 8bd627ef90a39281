import { LakeError } from '@ticklake/core';
import { ISOLATION } from './limits.js';
import type { WorkerAnswer, WorkerRequest, WorkerSpent } from './worker-messages.js';
import type { WorkerPlace } from './worker-place.js';

/** A request, and who hears how it gets on. */
export interface Question {
  readonly request: WorkerRequest;
  readonly signal: AbortSignal;
  /** How long the worker may be silent over it, where it is watched. */
  readonly silenceMs: number;
  onRows(rowsDone: number): void;
  onFile(index: number): void;
}

/** Hears what a worker has taken so far. */
export type OnSpent = (spent: WorkerSpent) => void;

/**
 * One request, asked of a worker that has nothing else to do.
 *
 * @throws LakeError `cancelled` when the worker was lost after it was told to stop.
 * @throws Error the reason of a worker that was lost otherwise.
 */
export async function askWorker(
  place: WorkerPlace,
  question: Question,
  onSpent: OnSpent,
): Promise<WorkerAnswer> {
  const { request, signal, silenceMs, onRows, onFile } = question;
  const abort = () => {
    place.send({ type: 'abort' });
    place.allowSilence(Math.min(silenceMs, ISOLATION.stopSilenceMs));
  };
  const answer = new Promise<WorkerAnswer>((resolve) => {
    place.listen((message) => {
      if (message.type === 'rows') onRows(message.rowsDone);
      else if (message.type === 'file') onFile(message.index);
      else if (message.type === 'spent') onSpent(message.spent);
      else if (message.type !== 'alive') resolve(message);
    });
  });
  const lost = place.gone.then((reason): never => {
    throw signal.aborted
      ? new LakeError('cancelled', 'cancelled with its worker', { cause: reason })
      : reason;
  });
  place.allowSilence(silenceMs);
  place.send(request);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([answer, lost]);
  } finally {
    signal.removeEventListener('abort', abort);
    place.listen(undefined);
    place.allowSilence(undefined);
  }
}
