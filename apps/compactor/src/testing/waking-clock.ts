import { noonOf } from './context.js';

/** A clock at noon of 2026-02-04 on which sleeps of a holder, until its renewal or its fence, end when told to; those of one who waits are over at once. */
export function wakingClock() {
  const asleep = new Set<() => void>();
  const { sleep, ...clock } = noonOf('2026-02-04');
  return {
    clock: {
      ...clock,
      sleep: (ms: number, signal?: AbortSignal) =>
        Promise.race([sleep(ms, signal), new Promise<void>((resolve) => asleep.add(resolve))]),
    },
    wakeAll() {
      for (const wake of asleep) wake();
      asleep.clear();
    },
  };
}

/** Resolves once `signal` has aborted. */
export async function whenAborted(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) await new Promise((resolve) => setImmediate(resolve));
}
