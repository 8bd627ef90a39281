import { isLakeError, type Clock, LakeError } from '@ticklake/core';
import type { RequestPolicy } from './request-policy.js';

/** What waiting needs. */
export interface Patience {
  readonly policy: RequestPolicy;
  readonly clock: Clock;
  /** From 0 up to 1, for spreading out those who wait for the same thing. */
  readonly random: () => number;
}

/**
 * Tells whether to go on after attempt number `attempt` (from 1) failed with `error`, and waits before it does: a random part of a delay
 * that doubles, at least as long as the service asked for.
 */
export type WaitBefore = (attempt: number, error: unknown) => Promise<boolean>;

/** The time of an operation begins now. */
export function startWaiting({ policy, clock, random }: Patience): WaitBefore {
  const startMs = clock.nowMs();
  return async (attempt, error) => {
    if (attempt >= policy.attemptsMax) return false;
    const delayMs = random() * Math.min(policy.delayMaxMs, policy.delayMinMs * 2 ** (attempt - 1));
    const waitMs = Math.max(delayMs, retryAfterMsOf(error));
    if (clock.nowMs() - startMs + waitMs > policy.totalMs) return false;
    await clock.sleep(waitMs);
    return true;
  };
}

/** Does `attempt` again as long as it fails `unavailable` and {@link startWaiting} goes on; then throws the last failure. */
export async function retried<T>(attempt: () => Promise<T>, patience: Patience): Promise<T> {
  const waitBefore = startWaiting(patience);
  for (let attempts = 1; ; attempts++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isLakeError(error, 'unavailable') || !(await waitBefore(attempts, error))) {
        throw attempts === 1 ? error : withAttempts(error, attempts);
      }
    }
  }
}

/** The same failure, which also tells how often it was tried. */
function withAttempts(error: unknown, attempts: number): unknown {
  if (!isLakeError(error)) return error;
  const { kind, message, code, details, cause } = error;
  return new LakeError(kind, message, { code, details: { ...details, attempts }, cause });
}

function retryAfterMsOf(error: unknown): number {
  const asked = isLakeError(error) ? error.details['retryAfterMs'] : undefined;
  return typeof asked === 'number' && asked > 0 ? asked : 0;
}
