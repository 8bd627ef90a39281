/** Lets at most `max` pieces of work through at once; the rest wait in line. */
export function createGate(max: number): <R>(work: () => Promise<R>) => Promise<R> {
  let inside = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (inside >= max) await new Promise<void>((resolve) => waiting.push(resolve));
    else inside++;
    try {
      return await work();
    } finally {
      // The place is handed on directly, so that nobody who comes later can slip in between.
      const next = waiting.shift();
      if (next === undefined) inside--;
      else next();
    }
  };
}
