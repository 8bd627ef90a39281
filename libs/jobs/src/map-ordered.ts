/**
 * `change` applied to every item as it arrives, at most `concurrency` ahead of the reader; results in the order of
 * `items`. The first failure, in that order, is thrown once everything under way has settled.
 */
export async function* mapOrdered<T, R>(
  items: AsyncIterable<T>,
  concurrency: number,
  change: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const ahead: Promise<R>[] = [];
  try {
    for await (const item of items) {
      const result = change(item);
      // Looked at only when its turn comes; until then a failure must not count as unhandled.
      result.catch(() => undefined);
      ahead.push(result);
      while (ahead.length >= concurrency) yield await (ahead.shift() as Promise<R>);
    }
    while (ahead.length > 0) yield await (ahead.shift() as Promise<R>);
  } finally {
    await Promise.allSettled(ahead);
  }
}
