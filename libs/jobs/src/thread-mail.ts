import type { Worker } from 'node:worker_threads';
import { assert, readFailure, type Failure } from '@ticklake/core';

/** What a thread says when it could not do what it was asked for. */
export interface ThreadFailure {
  readonly type: 'failed';
  readonly failure: Failure;
}

/** What goes to a thread, and what comes from it, one message after another. */
export interface ThreadMail<To, From> {
  /** Whether the thread has ended. */
  readonly isLost: boolean;
  post(message: To): void;
  /**
   * The next message, to one who waits at a time.
   *
   * @throws what failed in the thread, LakeErrors as such; Error of what the thread was lost, once all that it said before was heard.
   */
  next(): Promise<From>;
}

/** Mail with `worker`, which nobody else listens to. A thread that cannot do what it is asked for says so with {@link ThreadFailure}. */
export function openThreadMail<To, From extends { readonly type: string }>(
  worker: Worker,
): ThreadMail<To, From> {
  const heard: (From | ThreadFailure)[] = [];
  let wake: (() => void) | undefined;
  let lost: Error | undefined;
  const lose = (error: Error) => {
    lost ??= error;
    wake?.();
  };
  worker.on('message', (message: From | ThreadFailure) => {
    heard.push(message);
    wake?.();
  });
  worker.on('error', lose);
  worker.on('exit', () => lose(new Error('a thread ended before its work did')));
  return {
    get isLost() {
      return lost !== undefined;
    },
    post: (message) => worker.postMessage(message),
    async next() {
      while (heard.length === 0) {
        if (lost !== undefined) throw lost;
        await new Promise<void>((resolve) => (wake = resolve));
      }
      const message = heard.shift();
      assert(message !== undefined, 'something was heard');
      if (isFailure(message)) throw readFailure(message.failure);
      return message;
    },
  };
}

function isFailure(message: { readonly type: string }): message is ThreadFailure {
  return message.type === 'failed';
}
