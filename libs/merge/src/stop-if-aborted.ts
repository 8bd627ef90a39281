import { LakeError } from '@ticklake/core';

/** @throws LakeError `cancelled` once `signal` has been aborted. */
export function stopIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new LakeError('cancelled', 'the merge was cancelled', { cause: signal.reason });
}
