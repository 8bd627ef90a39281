import { bytesSource } from '@ticklake/core';
import { memoryStore } from '@ticklake/storage';
import { createSignsOfLife } from './signs-of-life.js';
import { manualClock } from './testing/manual-clock.js';

function listen() {
  const clock = manualClock(0);
  let signCount = 0;
  const signs = createSignsOfLife(() => signCount++, clock);
  /** How many signs came since this was last asked. */
  const taken = () => {
    const count = signCount;
    signCount = 0;
    return count;
  };
  return { clock, signs, taken };
}

describe('createSignsOfLife', () => {
  it('tells at most a few times in a second', async () => {
    const { clock, signs, taken } = listen();
    for (let i = 0; i < 1000; i++) signs.mark();
    expect(taken()).toBe(1);
    await clock.advance(200);
    signs.mark();
    expect(taken()).toBe(1);
    signs.stop();
  });

  it('is not silenced by a clock that was set back', () => {
    const marks: number[] = [];
    let nowMs = 1e12;
    const clock = { ...manualClock(0), nowMs: () => nowMs };
    const signs = createSignsOfLife(() => marks.push(nowMs), clock);
    signs.mark();
    nowMs = 1000;
    signs.mark();
    expect(marks).toEqual([1e12, 1000]);
    signs.stop();
  });

  it('tells of what a store does, and of reading an object only when that takes long', async () => {
    const { clock, signs, taken } = listen();
    const inner = memoryStore();
    const store = signs.follow(inner, ['read']);
    expect(store.url).toBe(inner.url);
    await store.put('a', new Uint8Array(10));
    expect(taken()).toBe(1);
    await clock.advance(500);
    const source = await store.open('a');
    expect(taken()).toBe(1);
    expect(source.size).toBe(10);
    await clock.advance(500);
    expect(await source.read(2, 3)).toHaveLength(3);
    await clock.advance(500);
    expect(taken()).toBe(0);
    expect((await store.get('a')).bytes).toHaveLength(10);
    expect(taken()).toBe(1);
    await clock.advance(500);
    await expect(store.get('b')).rejects.toMatchObject({ kind: 'missing' });
    expect(taken()).toBe(1);
    signs.stop();
  });

  it('tells now and then of a call that lasts', async () => {
    const { clock, signs, taken } = listen();
    let finish: (bytes: Uint8Array) => void = () => undefined;
    const slow = {
      ...bytesSource(new Uint8Array(1)),
      read: (_offset: number, _length: number) => new Promise<Uint8Array>((resolve) => (finish = resolve)),
    };
    const reading = signs.follow(slow, ['read']).read(0, 1);
    await clock.advance(10_000);
    expect(taken()).toBe(9);
    finish(new Uint8Array(1));
    await reading;
    await clock.advance(10_000);
    expect(taken()).toBe(0);
    signs.stop();
  });
});
