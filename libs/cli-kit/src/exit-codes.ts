import { isLakeError, type ErrorKind } from '@ticklake/core';

/** How a command that did not throw ended. */
export type CommandOutcome =
  /** Everything asked for is done, or there was nothing to do. */
  | 'success'
  /** The run reached its end, but some tasks failed or were quarantined, or data was found stale. */
  | 'failures'
  /** A verification found errors. */
  | 'findings';

/** Exit code of a bug: anything thrown that is not a LakeError. */
export const BUG_EXIT_CODE = 1;
/** Exit code of a run that a signal stopped. */
export const CANCELLED_EXIT_CODE = 130;

const OUTCOME_CODES: Readonly<Record<CommandOutcome, number>> = { success: 0, failures: 3, findings: 4 };

const KIND_CODES: Readonly<Record<ErrorKind, number>> = {
  invalid: 2,
  corrupt: 3,
  missing: 10,
  busy: 11,
  denied: 12,
  incomplete: 13,
  unavailable: 14,
  conflict: 15,
  cancelled: CANCELLED_EXIT_CODE,
};

/** What exit codes tell, for the manual page. */
export const EXIT_MEANINGS: readonly (readonly [number, string])[] = [
  [0, 'success'],
  [BUG_EXIT_CODE, 'a bug'],
  [2, 'wrong flags, configuration or arguments'],
  [3, 'finished, but something failed, was quarantined or is not as it should be'],
  [4, 'a verification found errors'],
  [10, 'something that must exist does not'],
  [11, 'another run is at it'],
  [12, 'access was denied'],
  [13, 'inputs are not complete yet'],
  [14, 'a network or service is not available'],
  [15, 'somebody else wrote first'],
  [CANCELLED_EXIT_CODE, 'stopped by a signal'],
];

/** The exit code of a command that returned `outcome`: 0, 3 or 4. */
export function exitCodeOfOutcome(outcome: CommandOutcome): number {
  return OUTCOME_CODES[outcome];
}

/** The exit code of a command that threw `error`: by kind for a LakeError, else 1. */
export function exitCodeOfError(error: unknown): number {
  return isLakeError(error) ? KIND_CODES[error.kind] : BUG_EXIT_CODE;
}

/** How a command ended: by returning or by throwing. */
export type CommandEnd = { readonly outcome: CommandOutcome } | { readonly error: unknown };

/**
 * The exit code of a command that ended so. Whatever a command says that `signal` stopped, it was cancelled: 130; unless it failed for
 * another reason.
 */
export function exitCodeOf(end: CommandEnd, signal: AbortSignal): number {
  if (!('error' in end)) return signal.aborted ? CANCELLED_EXIT_CODE : exitCodeOfOutcome(end.outcome);
  return signal.aborted && isAbort(end.error) ? CANCELLED_EXIT_CODE : exitCodeOfError(end.error);
}

/** Node's own functions reject with an `AbortError` when their signal aborts. */
function isAbort(error: unknown): boolean {
  if (isLakeError(error, 'cancelled')) return true;
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'AbortError';
}
