import { LakeError, parseUtcDay } from '@ticklake/core';
import { memoryStore } from '@ticklake/storage';
import { leaseKey } from './partition-key.js';
import { underLease } from './partition-lease.js';
import { wakingClock, whenAborted } from './testing/waking-clock.js';

const KEY = { exchange: 'binance', stream: 'bbo', symbol: 'btcusdt', day: parseUtcDay('20260203') };

function askingParty() {
  const { clock, wakeAll } = wakingClock();
  const stop = new AbortController();
  const compact = memoryStore();
  const lease = async () =>
    JSON.parse(new TextDecoder().decode((await compact.get(leaseKey(KEY))).bytes)) as { state: string };
  const seeker = { compact, clock, signal: stop.signal, owner: 'test' };
  return { seeker, stop: () => stop.abort(), wakeAll, lease };
}

/** Works until it is told to stop. */
async function untilStopped(signal: AbortSignal): Promise<never> {
  await whenAborted(signal);
  throw new LakeError('cancelled', 'cancelled while working');
}

describe('work under the lease of a partition', () => {
  it('gives what it comes to, and the lease back', async () => {
    const one = askingParty();
    const work = underLease(KEY, one.seeker, async () => (await one.lease()).state);
    expect(await work).toBe('held');
    expect(await one.lease()).toMatchObject({ state: 'released' });
  });

  it('fails as it does, and gives the lease back', async () => {
    const one = askingParty();
    const failure = new LakeError('corrupt', 'damaged');
    await expect(underLease(KEY, one.seeker, () => Promise.reject(failure))).rejects.toBe(failure);
    expect(await one.lease()).toMatchObject({ state: 'released' });
  });

  it('that loses its lease was not cancelled by anybody, and says so', async () => {
    const one = askingParty();
    const work = underLease(KEY, one.seeker, (signal) => {
      one.wakeAll();
      return untilStopped(signal);
    });
    await expect(work).rejects.toMatchObject({ kind: 'busy', code: 'LEASE_LOST' });
  });

  it('that is cancelled was', async () => {
    const one = askingParty();
    const work = underLease(KEY, one.seeker, (signal) => {
      one.stop();
      return untilStopped(signal);
    });
    await expect(work).rejects.toMatchObject({ kind: 'cancelled' });
    expect(await one.lease()).toMatchObject({ state: 'released' });
  });
});
