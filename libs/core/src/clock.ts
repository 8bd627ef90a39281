import { LakeError } from './errors.js';

/** The only source of time. Tests pass a fake one. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  nowMs(): number;
  /** @throws LakeError `cancelled` when `signal` aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The clock of this machine. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      const cancelled = () => {
        clearTimeout(timer);
        reject(new LakeError('cancelled', 'cancelled while waiting'));
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', cancelled);
        resolve();
      }, ms);
      if (signal?.aborted === true) cancelled();
      else signal?.addEventListener('abort', cancelled, { once: true });
    });
  },
};
