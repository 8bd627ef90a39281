import { LakeError } from '@ticklake/core';

/** @throws LakeError `cancelled` once `signal` has aborted; asked between steps, so that a step is never half done. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new LakeError('cancelled', 'cancelled between two steps');
}
