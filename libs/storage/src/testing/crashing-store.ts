import type { ObjectStore } from '../object-store.js';
import { createCrashPoint, type CrashState } from './crash.js';
import { interceptStore } from './intercept-store.js';

/**
 * Fails operation number `failAt` (1-based) the way a crash would: before or after it took effect, with an error that is
 * no LakeError; and stays dead. Reads of opened sources are operations too. Raise `failAt` until a run ends uncrashed.
 */
export function crashingStore(
  store: ObjectStore,
  failAt: number,
  when: 'before' | 'after',
): ObjectStore & CrashState {
  const point = createCrashPoint(failAt, when, () => Promise.resolve());
  const crashing = interceptStore(store, (_operation, work) => point.pass(work, () => Promise.resolve()));
  return {
    ...crashing,
    get crashed() {
      return point.crashed;
    },
  };
}
