import { LakeError, parseUtcDay, startOfDayMs, type Clock } from '@ticklake/core';

/** A clock that stands still until it is set; nobody waits by it for somebody else's lease. */
export function settableClock(day: string): Clock & { set(day: string): void; hours(count: number): void } {
  let now = startOfDayMs(parseUtcDay(day));
  const longMs = 20_000;
  return {
    nowMs: () => now,
    sleep: (ms, signal) =>
      new Promise((_, reject) => {
        const gone = new LakeError('busy', 'somebody else is at it');
        // A holder's renewal lies further away than the work of a test takes.
        if (ms < longMs) reject(gone);
        signal?.addEventListener('abort', () =>
          reject(new LakeError('cancelled', 'cancelled while waiting')),
        );
      }),
    set: (next) => void (now = startOfDayMs(parseUtcDay(next))),
    hours: (count) => void (now += count * 3_600_000),
  };
}
