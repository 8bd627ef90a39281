import { isLakeError, LakeError, type Clock } from '@ticklake/core';
import { dropBody } from './collect-body.js';
import { createHttpExchange, type HttpExchange } from './http-exchange.js';

/** How patient {@link postJson} is. */
export interface PostOptions {
  readonly clock: Clock;
  /** Longest time of one attempt, from the connection to the status. */
  readonly timeoutMs: number;
  /** Attempts, all in all: another one where the first may not have arrived. */
  readonly attemptsMax: number;
  /** Between two attempts. */
  readonly delayMs: number;
}

/**
 * Sends `body` as JSON to `url`, which is one that `parseHookUrl` gave, and is content with any status of success. It follows no redirect,
 * connects to no address that `parseHookUrl` would refuse, and reads nothing of the answer. Neither the address nor the answer is
 * in any message: both may hold secrets.
 *
 * @throws LakeError `unavailable` (`POST`) when nobody answered in time, or the answer was that it may work later.
 * @throws LakeError `invalid` (`POST`) for any other answer; it is not asked again.
 */
export async function postJson(url: URL, body: unknown, options: PostOptions): Promise<void> {
  const { clock, timeoutMs, attemptsMax, delayMs } = options;
  const exchange = createHttpExchange({ connectMs: timeoutMs, requestsMax: 1 });
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  for (let attempt = 1; ; attempt++) {
    try {
      return await postOnce(exchange, { url, bytes, timeoutMs });
    } catch (error) {
      if (!isLakeError(error, 'unavailable') || attempt >= attemptsMax) throw error;
      await clock.sleep(delayMs);
    }
  }
}

async function postOnce(
  exchange: HttpExchange,
  { url, bytes, timeoutMs }: { readonly url: URL; readonly bytes: Uint8Array; readonly timeoutMs: number },
): Promise<void> {
  const status = await statusOf(exchange, url, bytes, AbortSignal.timeout(timeoutMs));
  if (status >= 200 && status < 300) return;
  const kind = status >= 500 || status === 408 || status === 429 ? 'unavailable' : 'invalid';
  throw new LakeError(kind, 'what was posted was not accepted', { code: 'POST', details: { status } });
}

async function statusOf(
  exchange: HttpExchange,
  url: URL,
  body: Uint8Array,
  signal: AbortSignal,
): Promise<number> {
  try {
    const headers = { 'content-type': 'application/json' };
    const answer = await exchange({ method: 'POST', url, headers, body, signal });
    dropBody(answer);
    return answer.statusCode ?? 0;
  } catch (error) {
    if (!isLakeError(error, 'unavailable')) throw error;
    throw new LakeError('unavailable', 'nobody took what was posted', {
      code: 'POST',
      details: { reason: signal.aborted ? 'no answer in time' : error.details['reason'] },
    });
  }
}
