import { LakeError, type ErrorKind } from '@ticklake/core';
import type { ObjectStore } from '../object-store.js';
import { interceptStore } from './intercept-store.js';

/** Which operations fail, and how. The same plan over the same operations fails the same ones. */
export interface FaultPlan {
  readonly seed: number;
  /** Share of operations that fail, 0 to 1. */
  readonly rate: number;
  /** The kinds to fail with, each as likely as the next. */
  readonly kinds: readonly [ErrorKind, ...ErrorKind[]];
  /** Whether a failed operation has taken effect: `after` is the answer that got lost. */
  readonly when: 'before' | 'after' | 'either';
}

/** `store` with operations failing as LakeErrors (code `INJECTED`) as `plan` says. It recovers; compare {@link crashingStore}. */
export function faultyStore(store: ObjectStore, plan: FaultPlan): ObjectStore {
  const random = seededRandom(plan.seed);
  return interceptStore(store, async (operation, work) => {
    const [fails, kind, late] = [random() < plan.rate, random(), random() < 0.5];
    if (!fails) return work();
    if (plan.when === 'after' || (plan.when === 'either' && late)) await work();
    throw new LakeError(plan.kinds[Math.floor(kind * plan.kinds.length)] as ErrorKind, 'injected fault', {
      code: 'INJECTED',
      details: { operation: operation.name, key: operation.key },
    });
  });
}

/** The 32-bit xorshift generator: numbers from 0 to 1 that depend on `seed` alone. */
function seededRandom(seed: number): () => number {
  // Zero would stay zero, and close seeds would start alike.
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
