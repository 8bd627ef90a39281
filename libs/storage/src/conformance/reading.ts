import type { ObjectStore } from '../object-store.js';
import { bytes, text } from './words.js';

/** Whole objects, ranges and pinned versions. */
export function describeReading(open: () => Promise<ObjectStore>): void {
  it('tells what is not there', async () => {
    const store = await open();
    await store.put('a/b', bytes('x'));
    for (const key of ['nothing', 'a', 'a/c', 'a/b/c', 'x/y/z']) {
      expect(await store.head(key)).toBeUndefined();
      await expect(store.get(key)).rejects.toMatchObject({ kind: 'missing' });
      await expect(store.open(key)).rejects.toMatchObject({ kind: 'missing' });
    }
  });

  it('reads exactly the range asked for', async () => {
    const store = await open();
    await store.put('k', bytes('0123456789'));
    const source = await store.open('k');
    const ranges: [number, number, string][] = [
      [0, 10, '0123456789'],
      [0, 1, '0'],
      [9, 1, '9'],
      [3, 4, '3456'],
      [5, 0, ''],
      [10, 0, ''],
    ];
    for (const [offset, length, expected] of ranges) {
      expect(text(await source.read(offset, length))).toBe(expected);
    }
    const all = await Promise.all(ranges.map(([offset, length]) => source.read(offset, length)));
    expect(all.map(text)).toEqual(ranges.map(([, , expected]) => expected));
  });

  it('reads into memory of the caller, and leaves the rest of it alone', async () => {
    const store = await open();
    await store.put('k', bytes('0123456789'));
    const source = await store.open('k');
    const into = bytes('............');
    const read = await source.read(3, 4, into.subarray(2));
    expect(text(read)).toBe('3456');
    // A source with bytes at hand may give a view of those instead.
    if (read.buffer === into.buffer) expect(text(into)).toBe('..3456......');
    for (const room of [0, 9, 10, 12]) {
      const whole = await store.get('k', bytes('.'.repeat(room)));
      expect(text(whole.bytes)).toBe('0123456789');
    }
  });

  it('refuses ranges outside the object', async () => {
    const store = await open();
    await store.put('k', bytes('0123456789'));
    const source = await store.open('k');
    for (const [offset, length] of [
      [0, 11],
      [10, 1],
      [11, 0],
      [-1, 1],
      [0, -1],
    ] as const) {
      await expect(source.read(offset, length)).rejects.toMatchObject({ kind: 'corrupt', code: 'TRUNCATED' });
    }
  });

  it('gives a pinned version or none', async () => {
    const store = await open();
    await store.put('k', bytes('old'));
    const old = await store.open('k');
    await store.put('k', bytes('new'));
    await expect(old.read(0, 3)).rejects.toMatchObject({ kind: 'conflict' });
    const fresh = await store.open('k');
    expect(text(await fresh.read(0, 3))).toBe('new');
    await store.delete('k');
    await expect(fresh.read(0, 3)).rejects.toMatchObject({ kind: 'conflict' });
    await store.put('k', bytes('new'));
    await expect(old.read(0, 3)).rejects.toMatchObject({ kind: 'conflict' });
  });
}
