import { assert } from './assert.js';

/**
 * `change` applied to every item, at most `concurrency` (at least 1) at once; results in the order of `items`.
 * What fails first is thrown once those already started have settled; no further one is started.
 */
export async function mapBounded<T, R>(
  items: readonly T[],
  concurrency: number,
  change: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  assert(concurrency >= 1, 'concurrency is at least 1');
  const results = new Array<R>(items.length);
  const failures: unknown[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length && failures.length === 0) {
      const index = next++;
      try {
        results[index] = await change(items[index] as T, index);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
}
