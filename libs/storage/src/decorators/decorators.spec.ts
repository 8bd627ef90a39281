import { isLakeError } from '@ticklake/core';
import { memoryStore } from '../backends/memory/index.js';
import type { ObjectStore } from '../object-store.js';
import { interceptStore } from '../testing/index.js';
import { readOnly, withLimit, withPrefix } from './index.js';

const body = Buffer.from('0123456789');

async function keysOf(store: ObjectStore): Promise<string[]> {
  const keys = [];
  for await (const { key } of store.list('')) keys.push(key);
  return keys;
}

describe('readOnly', () => {
  it('refuses to write and reaches nothing', async () => {
    const store = memoryStore();
    await store.put('k', body);
    const reader = readOnly(store);
    const denied = { kind: 'denied', code: 'READ_ONLY' };
    await expect(reader.put('k', Buffer.from('x'))).rejects.toMatchObject(denied);
    await expect(reader.delete('k')).rejects.toMatchObject(denied);
    expect(Buffer.from((await reader.get('k')).bytes)).toEqual(body);
  });
});

describe('withPrefix', () => {
  it('tells its own keys and leaves the neighbours alone', async () => {
    const store = memoryStore();
    await store.put('ab/x', body);
    const part = withPrefix(store, 'a/');
    expect(part.url).toBe('memory:/a');
    await part.put('x', body);
    await part.put('y/z', body);
    expect(await keysOf(part)).toEqual(['x', 'y/z']);
    expect(await keysOf(store)).toEqual(['a/x', 'a/y/z', 'ab/x']);
    expect((await part.children('')).prefixes).toEqual(['y/']);
    for (const key of ['../ab/x', '', '/x']) {
      await expect(part.get(key)).rejects.toMatchObject({ kind: 'invalid' });
    }
  });

  it('refuses half a segment', () => {
    expect(() => withPrefix(memoryStore(), 'a')).toThrow('slash');
  });
});

describe('withLimit', () => {
  /** A store whose operations take a turn of the event loop, and how many ran at once at most. */
  function busyStore() {
    const seen = { now: 0, most: 0 };
    const store = interceptStore(memoryStore(), async (_operation, work) => {
      seen.most = Math.max(seen.most, ++seen.now);
      await new Promise((resolve) => setImmediate(resolve));
      try {
        return await work();
      } finally {
        seen.now--;
      }
    });
    return { store, seen };
  }

  it.each([1, 3])('lets %i operations run at once, and no fewer', async (requestsMax) => {
    const { store, seen } = busyStore();
    const limited = withLimit(store, requestsMax);
    await limited.put('k', body);
    const source = await limited.open('k');
    const works = Array.from({ length: 10 }, (_, index) => [
      limited.put(`k${index}`, body),
      limited.get('k'),
      limited.head('k'),
      source.read(0, 5),
      keysOf(limited),
      limited.children(''),
      limited.delete('none'),
    ]);
    await Promise.all(works.flat());
    expect(seen.most).toBe(requestsMax);
    expect(seen.now).toBe(0);
  });

  it('serves in the order of asking, and goes on after a failure', async () => {
    const limited = withLimit(memoryStore(), 1);
    const order: string[] = [];
    const works = ['a', 'b', 'c', 'd'].map((key) =>
      limited.get(key).catch((error: unknown) => {
        expect(isLakeError(error, 'missing')).toBe(true);
        order.push(key);
      }),
    );
    await Promise.all(works);
    expect(order).toEqual(['a', 'b', 'c', 'd']);
  });

  it('copies within itself, though the put holds the only turn', async () => {
    const { store } = busyStore();
    const limited = withLimit(store, 1);
    await limited.put('k', body);
    const source = await limited.open('k');
    const wrapped = {
      size: source.size,
      read: (offset: number, length: number) => source.read(offset, length),
    };
    await limited.put('copy', wrapped);
    expect(Buffer.from((await limited.get('copy')).bytes)).toEqual(body);
  });
});
