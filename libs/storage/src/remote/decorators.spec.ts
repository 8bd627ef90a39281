import { isLakeError, LakeError } from '@ticklake/core';
import { fakeClock } from '@ticklake/core/testing';
import { sendWithin, withAccounting, withRequestLimit, withRetry, type RequestEvent } from './decorators.js';
import type { ObjectApi, Send } from './object-api.js';
import { USUAL_REQUESTS } from './request-policy.js';

const policy = { ...USUAL_REQUESTS, attemptsMax: 3 };
const patience = { policy, clock: fakeClock(0), random: () => 0 };

/** An API of which only `head` and `put` are there. */
function api(head: (signal: AbortSignal) => Promise<undefined>): ObjectApi {
  return { requests: { head: (_: unknown, signal: AbortSignal) => head(signal) } } as unknown as ObjectApi;
}

describe('a request', () => {
  it('ends in time, though what was asked minds no signal', async () => {
    const never = new Promise<undefined>(() => undefined);
    const send = sendWithin(
      api(() => never),
      { ...policy, requestMs: 20 },
    );
    await expect(send('head', { key: 'k' })).rejects.toMatchObject({
      ...{ kind: 'unavailable', code: 'TIMEOUT' },
      details: { request: 'head', timeoutMs: 20 },
    });
  });

  it('is aborted then, and a failure that comes later is nobody’s', async () => {
    let aborted = false;
    const head = (signal: AbortSignal) =>
      new Promise<undefined>((_, reject) =>
        signal.addEventListener('abort', () => {
          aborted = true;
          setImmediate(() => reject(new Error('late')));
        }),
      );
    const send = sendWithin(api(head), { ...policy, requestMs: 20 });
    await expect(send('head', { key: 'k' })).rejects.toMatchObject({ code: 'TIMEOUT' });
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(aborted).toBe(true);
  });

  it('fails as it does where that is not for time', async () => {
    const send = sendWithin(
      api(() => Promise.reject(new LakeError('denied', 'no'))),
      policy,
    );
    await expect(send('head', { key: 'k' })).rejects.toMatchObject({ kind: 'denied' });
  });
});

describe('requests', () => {
  const failing = (): { readonly send: Send; readonly asked: string[] } => {
    const asked: string[] = [];
    const send = ((verb: string) => {
      asked.push(verb);
      return Promise.reject(new LakeError('unavailable', 'not now'));
    }) as Send;
    return { send, asked };
  };

  it.each(['head', 'get', 'list', 'delete', 'beginUpload', 'putPart', 'abandonUpload'] as const)(
    'of %s are repeated',
    async (verb) => {
      const { send, asked } = failing();
      await expect(withRetry(send, patience)(verb, {} as never)).rejects.toMatchObject({
        kind: 'unavailable',
      });
      expect(asked).toEqual([verb, verb, verb]);
    },
  );

  it.each(['put', 'finishUpload'] as const)('of %s decide, and are made once', async (verb) => {
    const { send, asked } = failing();
    await expect(withRetry(send, patience)(verb, {} as never)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(asked).toEqual([verb]);
  });

  it('are counted with their bytes, whether or not they fail', async () => {
    const events: RequestEvent[] = [];
    const send = ((verb: string) =>
      verb === 'get'
        ? Promise.resolve({ bytes: new Uint8Array(7) })
        : Promise.reject(new LakeError('conflict', 'no'))) as unknown as Send;
    const counted = withAccounting(send, (event) => events.push(event));
    await counted('get', { key: 'k', range: { offset: 0, length: 9 } });
    await counted('put', { bytes: new Uint8Array(5) } as never).catch((error: unknown) =>
      expect(isLakeError(error, 'conflict')).toBe(true),
    );
    expect(events).toEqual([
      { verb: 'get', sentBytes: 0, receivedBytes: 7, hasFailed: false },
      { verb: 'put', sentBytes: 5, receivedBytes: 0, hasFailed: true },
    ]);
  });

  it('wait for their turn', async () => {
    let [now, most] = [0, 0];
    const send = (async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now--;
    }) as unknown as Send;
    const limited = withRequestLimit(send, 3);
    await Promise.all(Array.from({ length: 10 }, () => limited('head', { key: 'k' })));
    expect(most).toBe(3);
  });
});
