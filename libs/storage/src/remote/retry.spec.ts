import { LakeError } from '@ticklake/core';
import { fakeClock } from '@ticklake/core/testing';
import { USUAL_REQUESTS } from './request-policy.js';
import { retried } from './retry.js';

const policy = { ...USUAL_REQUESTS, attemptsMax: 5, delayMinMs: 100, delayMaxMs: 300, totalMs: 10_000 };
const unavailable = (details = {}) => new LakeError('unavailable', 'not now', { code: 'X', details });

/** Fails so often, then succeeds; tells when each attempt was made. */
function failing(times: number, error: () => unknown, { random = 1, totalMs = policy.totalMs } = {}) {
  const clock = fakeClock(0);
  const attemptsMs: number[] = [];
  const work = async () => {
    attemptsMs.push(clock.nowMs());
    if (attemptsMs.length <= times) throw error();
    return 'done';
  };
  const patience = { policy: { ...policy, totalMs }, clock, random: () => random };
  return { result: retried(work, patience), attemptsMs };
}

describe('retrying', () => {
  it('waits twice as long each time, up to the most', async () => {
    const { result, attemptsMs } = failing(4, unavailable);
    expect(await result).toBe('done');
    expect(attemptsMs).toEqual([0, 100, 300, 600, 900]);
  });

  it('waits a random part of it', async () => {
    const { result, attemptsMs } = failing(2, unavailable, { random: 0.5 });
    expect(await result).toBe('done');
    expect(attemptsMs).toEqual([0, 50, 150]);
  });

  it('waits at least as long as it was asked to', async () => {
    const { result, attemptsMs } = failing(1, () => unavailable({ retryAfterMs: 2000 }), { random: 0 });
    expect(await result).toBe('done');
    expect(attemptsMs).toEqual([0, 2000]);
  });

  it('gives up after the last attempt, and tells how many there were', async () => {
    const { result, attemptsMs } = failing(9, unavailable);
    await expect(result).rejects.toMatchObject({ kind: 'unavailable', code: 'X', details: { attempts: 5 } });
    expect(attemptsMs).toHaveLength(5);
  });

  it('gives up when waiting would take too long', async () => {
    const { result, attemptsMs } = failing(9, () => unavailable({ retryAfterMs: 400 }), { totalMs: 1000 });
    await expect(result).rejects.toMatchObject({ details: { attempts: 3 } });
    expect(attemptsMs).toEqual([0, 400, 800]);
  });

  it.each(['missing', 'denied', 'conflict', 'invalid', 'corrupt'] as const)(
    'takes %s for an answer',
    async (kind) => {
      const { result, attemptsMs } = failing(1, () => new LakeError(kind, 'no'));
      await expect(result).rejects.toMatchObject({ kind });
      expect(attemptsMs).toEqual([0]);
    },
  );

  it('lets a bug be one', async () => {
    const { result, attemptsMs } = failing(1, () => new TypeError('bug'));
    await expect(result).rejects.toThrow(TypeError);
    expect(attemptsMs).toEqual([0]);
  });
});
