import { LakeError } from '@ticklake/core';
import { memoryStore, type ObjectStore } from '@ticklake/storage';
import { acquireLease, readLease } from './lease.js';
import { manualClock } from './testing/index.js';

const KEY = 'compacted/_lease.json';
const TTL_MS = 120_000;
const never = new AbortController().signal;
/** Nobody is known to have ended. */
const isGone = () => false;

async function contentOf(store: ObjectStore): Promise<Record<string, unknown>> {
  return JSON.parse(new TextDecoder().decode((await store.get(KEY)).bytes)) as Record<string, unknown>;
}

/** A store whose puts fail while told so. */
function flaky(store: ObjectStore) {
  const state = { fails: false, hangs: false };
  const put: ObjectStore['put'] = (key, body, options) => {
    if (state.hangs) return new Promise(() => undefined);
    if (state.fails) return Promise.reject(new LakeError('unavailable', 'no answer'));
    return store.put(key, body, options);
  };
  return { store: { ...store, put }, state };
}

describe('acquireLease', () => {
  it('takes a free lease, writes who holds it, and gives it back', async () => {
    const store = memoryStore();
    const clock = manualClock(0);
    const lease = await acquireLease(store, KEY, {
      owner: 'host:1',
      ttlMs: TTL_MS,
      clock,
      signal: never,
      isGone,
    });
    expect(await contentOf(store)).toEqual({
      holder: 'host:1',
      token: 1,
      ttl_s: 120,
      state: 'held',
      renewals: 0,
    });
    expect(lease.signal.aborted).toBe(false);
    expect(await readLease(store, KEY)).toEqual({ holder: 'host:1', state: 'held' });
    await lease.release();
    await lease.release();
    expect(await readLease(store, KEY)).toEqual({ holder: 'host:1', state: 'released' });
    expect(await readLease(store, 'compacted/_other.json')).toBeUndefined();
    expect(await contentOf(store)).toMatchObject({ holder: 'host:1', state: 'released' });
    expect(clock.sleeperCount).toBe(0);
  });

  it('takes a released lease at once, with a larger token', async () => {
    const store = memoryStore();
    const clock = manualClock(0);
    for (const token of [1, 2, 3]) {
      const lease = await acquireLease(store, KEY, {
        owner: `host:${token}`,
        ttlMs: TTL_MS,
        clock,
        signal: never,
        isGone,
      });
      expect(lease.token).toBe(token);
      await lease.release();
    }
    expect(clock.nowMs()).toBe(0);
  });

  it('takes the lease of a holder that is known to have ended at once', async () => {
    const store = memoryStore();
    const dead = manualClock(0);
    await acquireLease(store, KEY, { owner: 'dead', ttlMs: TTL_MS, clock: dead, signal: never, isGone });
    const clock = manualClock(0);
    const isDead = (holder: string) => holder === 'dead';
    const options = { owner: 'b', ttlMs: TTL_MS, clock, signal: never, isGone: isDead };
    const lease = await acquireLease(store, KEY, options);
    expect(lease.token).toBe(2);
    expect(clock.nowMs()).toBe(0);
    await lease.release();
  });

  it('renews while it is held, so that others are told busy', async () => {
    const store = memoryStore();
    const mine = manualClock(0);
    const lease = await acquireLease(store, KEY, {
      owner: 'a',
      ttlMs: TTL_MS,
      clock: mine,
      signal: never,
      isGone,
    });
    // The other one's clock is years ahead: nobody compares clocks.
    const theirs = manualClock(1e12);
    const other = acquireLease(store, KEY, {
      owner: 'b',
      ttlMs: TTL_MS,
      clock: theirs,
      signal: never,
      isGone,
    });
    const refused = expect(other).rejects.toMatchObject({
      kind: 'busy',
      code: 'LEASE',
      details: { holder: 'a' },
    });
    for (let i = 0; i < 12; i++) {
      await mine.advance(TTL_MS / 10);
      await theirs.advance(TTL_MS / 10);
    }
    await refused;
    expect(await contentOf(store)).toMatchObject({ holder: 'a', renewals: 3 });
    await lease.release();
  });

  it('holds on through a thousand renewals', async () => {
    const store = memoryStore();
    const clock = manualClock(0);
    const lease = await acquireLease(store, KEY, { owner: 'a', ttlMs: 3000, clock, signal: never, isGone });
    await clock.advance(1_000_000);
    expect(lease.signal.aborted).toBe(false);
    expect((await contentOf(store))['renewals']).toBe(1000);
    await lease.release();
  });

  it('takes over after 125 % of the ttl without a sign of life, not earlier', async () => {
    const store = memoryStore();
    const dead = manualClock(0);
    await acquireLease(store, KEY, { owner: 'dead', ttlMs: TTL_MS, clock: dead, signal: never, isGone });
    const clock = manualClock(0);
    let token = 0;
    const taking = acquireLease(store, KEY, { owner: 'b', ttlMs: TTL_MS, clock, signal: never, isGone });
    void taking.then((lease) => (token = lease.token));
    await clock.advance(TTL_MS * 1.25 - 1);
    expect(token).toBe(0);
    await clock.advance(1);
    expect(token).toBe(2);
    await (await taking).release();
  });

  it('lets one of many win, the others are busy', async () => {
    const store = memoryStore();
    const clock = manualClock(0);
    const owners = Array.from({ length: 20 }, (_, i) => `host:${i}`);
    const settled = await Promise.allSettled(
      owners.map((owner) => acquireLease(store, KEY, { owner, ttlMs: TTL_MS, clock, signal: never, isGone })),
    );
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of settled) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ kind: 'busy' });
    }
  });

  it('ends the wait when cancelled', async () => {
    const store = memoryStore();
    await acquireLease(store, KEY, {
      owner: 'a',
      ttlMs: TTL_MS,
      clock: manualClock(0),
      signal: never,
      isGone,
    });
    const stop = new AbortController();
    const clock = manualClock(0);
    const waiting = acquireLease(store, KEY, {
      owner: 'b',
      ttlMs: TTL_MS,
      clock,
      signal: stop.signal,
      isGone,
    });
    const cancelled = expect(waiting).rejects.toMatchObject({ kind: 'cancelled' });
    await clock.advance(1000);
    stop.abort();
    await cancelled;
    expect(clock.sleeperCount).toBe(0);
  });

  it('aborts at two thirds of the ttl when renewals fail, and survives one that fails once', async () => {
    const { store, state } = flaky(memoryStore());
    const clock = manualClock(0);
    const lease = await acquireLease(store, KEY, { owner: 'a', ttlMs: TTL_MS, clock, signal: never, isGone });
    state.fails = true;
    await clock.advance(TTL_MS / 3 + 1);
    state.fails = false;
    expect(lease.signal.aborted).toBe(false);
    await clock.advance(TTL_MS / 3);
    expect(lease.signal.aborted).toBe(false);
    // The renewal that worked was the one at 50 s; the fence stands 80 s behind it.
    state.fails = true;
    await clock.advance(130_000 - 1 - clock.nowMs());
    expect(lease.signal.aborted).toBe(false);
    await clock.advance(1);
    expect(lease.signal.aborted).toBe(true);
    expect(lease.signal.reason).toMatchObject({ kind: 'busy' });
    await lease.release();
    expect(clock.sleeperCount).toBe(0);
  });

  it('aborts in time even when a renewal never answers', async () => {
    const { store, state } = flaky(memoryStore());
    const clock = manualClock(0);
    const lease = await acquireLease(store, KEY, { owner: 'a', ttlMs: TTL_MS, clock, signal: never, isGone });
    state.hangs = true;
    await clock.advance((TTL_MS * 2) / 3 - 1);
    expect(lease.signal.aborted).toBe(false);
    await clock.advance(1);
    expect(lease.signal.aborted).toBe(true);
  });

  it('aborts when somebody else has taken it, and leaves theirs alone', async () => {
    const store = memoryStore();
    const clock = manualClock(0);
    const lease = await acquireLease(store, KEY, { owner: 'a', ttlMs: TTL_MS, clock, signal: never, isGone });
    const theirs = { holder: 'b', token: 2, ttl_s: 120, state: 'held', renewals: 0 };
    await store.put(KEY, new TextEncoder().encode(JSON.stringify(theirs)));
    await clock.advance(TTL_MS / 3);
    expect(lease.signal.aborted).toBe(true);
    await lease.release();
    expect(await contentOf(store)).toEqual(theirs);
  });

  it('adopts a renewal that landed although its answer was lost', async () => {
    const store = memoryStore();
    let loseAnswer = false;
    const put: ObjectStore['put'] = async (key, body, options) => {
      const meta = await store.put(key, body, options);
      if (loseAnswer) throw new LakeError('unavailable', 'reset after the put');
      return meta;
    };
    const clock = manualClock(0);
    const lease = await acquireLease({ ...store, put }, KEY, {
      owner: 'a',
      ttlMs: TTL_MS,
      clock,
      signal: never,
      isGone,
    });
    loseAnswer = true;
    await clock.advance(TTL_MS / 3 + 1);
    loseAnswer = false;
    await clock.advance(TTL_MS / 3 - 1);
    expect(lease.signal.aborted).toBe(false);
    await clock.advance(TTL_MS);
    expect(lease.signal.aborted).toBe(false);
    await lease.release();
    expect(await contentOf(store)).toMatchObject({ state: 'released' });
  });

  it.each(['{}', '{"holder":"a","token":1,"ttl_s":1e9,"state":"held","renewals":0}', 'x'])(
    'stops at a lease that says %s',
    async (text) => {
      const store = memoryStore();
      await store.put(KEY, new TextEncoder().encode(text));
      const options = { owner: 'a', ttlMs: TTL_MS, clock: manualClock(0), signal: never, isGone };
      await expect(acquireLease(store, KEY, options)).rejects.toMatchObject({ kind: 'invalid' });
    },
  );
});
