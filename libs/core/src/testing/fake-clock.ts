import { LakeError } from '../errors.js';
import type { Clock } from '../clock.js';

/** A clock that moves only when told to, or when somebody sleeps on it. */
export interface FakeClock extends Clock {
  advance(ms: number): void;
}

/** Starts at `startMs`; `sleep` returns at once and moves the clock. */
export function fakeClock(startMs: number): FakeClock {
  let nowMs = startMs;
  return {
    nowMs: () => nowMs,
    advance(ms) {
      nowMs += ms;
    },
    async sleep(ms, signal) {
      await Promise.resolve();
      if (signal?.aborted === true) throw new LakeError('cancelled', 'cancelled while waiting');
      nowMs += ms;
    },
  };
}
