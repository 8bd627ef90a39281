import fc from 'fast-check';
import { mapBounded } from './map-bounded.js';

interface Gate {
  readonly open: (value: string) => void;
  readonly fail: (error: Error) => void;
}

/** Work that ends when the test says so. */
function gated(): {
  readonly started: readonly number[];
  readonly gates: readonly Gate[];
  readonly change: (item: number) => Promise<string>;
} {
  const started: number[] = [];
  const gates: Gate[] = [];
  const change = (item: number) => {
    started.push(item);
    return new Promise<string>((open, fail) => gates.push({ open, fail }));
  };
  return { started, gates, change };
}

const turns = () => new Promise<void>((resolve) => setImmediate(resolve));

it('gives results in the order of the items, whatever ends first', async () => {
  const { started, gates, change } = gated();
  const results = mapBounded([1, 2, 3], 3, change);
  expect(started).toEqual([1, 2, 3]);
  gates[2]?.open('c');
  gates[0]?.open('a');
  await turns();
  gates[1]?.open('b');
  expect(await results).toEqual(['a', 'b', 'c']);
});

it('passes each item with its index', async () => {
  expect(await mapBounded(['x', 'y'], 1, async (item, index) => `${item}${index}`)).toEqual(['x0', 'y1']);
});

it('starts the next item when one ends, and not before', async () => {
  const { started, gates, change } = gated();
  const results = mapBounded([1, 2, 3], 2, change);
  await turns();
  expect(started).toEqual([1, 2]);
  gates[1]?.open('b');
  await turns();
  expect(started).toEqual([1, 2, 3]);
  gates[0]?.open('a');
  gates[2]?.open('c');
  expect(await results).toEqual(['a', 'b', 'c']);
});

it('never has more at work than asked for, and has that many when there are', async () => {
  const sizes = { itemCount: fc.integer({ min: 0, max: 20 }), concurrency: fc.integer({ min: 1, max: 8 }) };
  await fc.assert(
    fc.asyncProperty(fc.record(sizes), fc.scheduler(), async ({ itemCount, concurrency }, scheduler) => {
      let active = 0;
      let most = 0;
      const items = Array.from({ length: itemCount }, (_, index) => index);
      const results = mapBounded(items, concurrency, async (item) => {
        most = Math.max(most, ++active);
        await scheduler.schedule(Promise.resolve());
        active--;
        return item * 2;
      });
      expect(await scheduler.waitFor(results)).toEqual(items.map((item) => item * 2));
      expect(most).toBe(Math.min(concurrency, itemCount));
    }),
  );
});

describe('a failure', () => {
  it('is thrown after those already started have settled; no further one starts', async () => {
    const { started, gates, change } = gated();
    let settled = false;
    const results = mapBounded([1, 2, 3, 4], 2, change);
    const outcome = results.then(
      () => undefined,
      (error: unknown) => {
        settled = true;
        return error;
      },
    );
    const error = new Error('second');
    gates[1]?.fail(error);
    await turns();
    expect({ settled, started }).toEqual({ settled: false, started: [1, 2] });
    gates[0]?.open('a');
    expect(await outcome).toBe(error);
    expect(started).toEqual([1, 2]);
  });

  it('is the first in time where several fail', async () => {
    const { gates, change } = gated();
    const results = mapBounded([1, 2], 2, change);
    gates[1]?.fail(new Error('earlier'));
    await turns();
    gates[0]?.fail(new Error('later'));
    await expect(results).rejects.toThrow('earlier');
  });

  it('may be thrown before there is a promise, and may be undefined', async () => {
    const thrown = mapBounded([1], 1, () => {
      throw new Error('at once');
    });
    await expect(thrown).rejects.toThrow('at once');
    await expect(mapBounded([1], 1, () => Promise.reject(undefined))).rejects.toBeUndefined();
  });
});

it.each([0, -1, NaN])('a concurrency of %p is a bug, not a list of nothing', async (concurrency) => {
  await expect(mapBounded([1], concurrency, async (item) => item)).rejects.toThrow('assertion failed');
});
