import { AsyncLocalStorage } from 'node:async_hooks';

/** Does work when its turn comes. */
export type Limit = <T>(work: () => Promise<T>) => Promise<T>;

/** At most `requestsMax` works at once, first come first served. What a work asks of the same limit belongs to that work. */
export function createLimit(requestsMax: number): Limit {
  const inside = new AsyncLocalStorage<true>();
  const waiting: (() => void)[] = [];
  let free = requestsMax;
  return async (work) => {
    if (inside.getStore() === true) return work();
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await inside.run(true, work);
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
