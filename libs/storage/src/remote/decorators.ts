import { isLakeError, LakeError } from '@ticklake/core';
import { createLimit } from '../limit.js';
import type { Answer, Ask, ObjectApi, Send, Verb } from './object-api.js';
import type { RequestPolicy } from './request-policy.js';
import { retried, type Patience } from './retry.js';

/** The requests of `api`, which fail `unavailable` (`TIMEOUT`) when they take longer than `policy` allows for their bytes. */
export function sendWithin(api: ObjectApi, policy: RequestPolicy): Send {
  return async (verb, ask) => {
    const timeoutMs = policy.requestMs + Math.ceil((1000 * bytesOf(verb, ask)) / policy.bytesPerSecondMin);
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      return await unlessAborted(api.requests[verb](ask, timeout), timeout);
    } catch (error) {
      // How a client tells that it was aborted is its own affair; a failure that it understood stands.
      if (!timeout.aborted || (isLakeError(error) && error.kind !== 'unavailable')) throw error;
      throw new LakeError('unavailable', 'the store did not answer in time', {
        code: 'TIMEOUT',
        details: { request: verb, timeoutMs },
      });
    }
  };
}

/** Fails when `signal` aborts, even where what was asked does not mind it: an SDK that looks for credentials may not. */
async function unlessAborted<T>(asked: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new DOMException('aborted', 'AbortError'));
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([asked, aborted]);
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  }
}

/**
 * Requests that may be made twice without harm, made again as long as they fail `unavailable`. What decides something (`put`,
 * `finishUpload`) is made once: {@link settlePut} finds out what became of it.
 */
export function withRetry(send: Send, patience: Patience): Send {
  return (verb, ask) =>
    verb === 'put' || verb === 'finishUpload' ? send(verb, ask) : retried(() => send(verb, ask), patience);
}

/** At most `requestsMax` requests at once; the others wait their turn, first come first served. */
export function withRequestLimit(send: Send, requestsMax: number): Send {
  const limited = createLimit(requestsMax);
  return (verb, ask) => limited(() => send(verb, ask));
}

/** What was asked of a service once; see {@link withAccounting}. */
export interface RequestEvent {
  readonly verb: Verb;
  /** Bytes of bodies, headers aside. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly hasFailed: boolean;
}

/** Tells `onRequest` of every request once it is over, repeated ones too: each is paid for. */
export function withAccounting(send: Send, onRequest: (event: RequestEvent) => void): Send {
  return async <V extends Verb>(verb: V, ask: Ask<V>): Promise<Answer<V>> => {
    const sentBytes = 'bytes' in ask ? ask.bytes.length : 0;
    try {
      const answer = await send(verb, ask);
      const received = typeof answer === 'object' && 'bytes' in answer ? answer.bytes.length : 0;
      onRequest({ verb, sentBytes, receivedBytes: received, hasFailed: false });
      return answer;
    } catch (error) {
      onRequest({ verb, sentBytes, receivedBytes: 0, hasFailed: true });
      throw error;
    }
  };
}

/** Bytes that the body of a request, or of its answer, is known to have. */
function bytesOf<V extends Verb>(_verb: V, ask: Ask<V>): number {
  if ('bytes' in ask) return ask.bytes.length;
  if ('range' in ask) return ask.range.length;
  return 'size' in ask && 'parts' in ask ? ask.size : 0;
}
