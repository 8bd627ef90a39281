import { setImmediate } from 'node:timers/promises';
import { LakeError, type Clock } from '@ticklake/core';

/** A clock that stands still: who sleeps on it sleeps until somebody advances it. */
export interface ManualClock extends Clock {
  /** Moves time on, waking sleepers in the order of their times, and lets each do what it does next. */
  advance(ms: number): Promise<void>;
  /** How many are asleep. */
  readonly sleeperCount: number;
}

/**
 * Starts at `startMs`. For code that runs beside the test, such as a lease that renews itself: on a clock whose
 * `sleep` returns at once, it would never pause.
 */
export function manualClock(startMs: number): ManualClock {
  let nowMs = startMs;
  const sleepers = new Set<{ readonly atMs: number; wake(): void }>();

  const wakeUntil = async (untilMs: number): Promise<void> => {
    await settle();
    for (;;) {
      const due = [...sleepers].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      nowMs = Math.max(nowMs, due.atMs);
      due.wake();
      await settle();
    }
    nowMs = untilMs;
  };

  return {
    nowMs: () => nowMs,
    get sleeperCount() {
      return sleepers.size;
    },
    advance: (ms) => wakeUntil(nowMs + ms),
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        const cancel = () => {
          sleepers.delete(sleeper);
          reject(new LakeError('cancelled', 'cancelled while waiting'));
        };
        const sleeper = {
          atMs: nowMs + ms,
          wake() {
            sleepers.delete(sleeper);
            signal?.removeEventListener('abort', cancel);
            resolve();
          },
        };
        if (signal?.aborted === true) return cancel();
        signal?.addEventListener('abort', cancel, { once: true });
        sleepers.add(sleeper);
      });
    },
  };
}

/** Long enough for whatever needs no timer: chains of promises, and stores in memory. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await setImmediate();
}
