import { LakeError, type ErrorKind } from './errors.js';

/** An error as plain data: classes do not survive the way between threads and processes. */
export interface Failure {
  /** `undefined` for a bug. */
  readonly kind: ErrorKind | undefined;
  readonly message: string;
  readonly code: string | undefined;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
  readonly stack: string | undefined;
}

/** {@link Failure} of `error`; a bug stays one. */
export function writeFailure(error: unknown): Failure {
  if (error instanceof LakeError) {
    const { kind, message, code, details, stack } = error;
    return { kind, message, code, details: plainDetails(details), stack };
  }
  const bug = error instanceof Error ? error : new Error(String(error));
  return { kind: undefined, message: bug.message, code: undefined, details: {}, stack: bug.stack };
}

/** The inverse of {@link writeFailure}. */
export function readFailure({ kind, message, code, details, stack }: Failure): Error {
  const error = kind === undefined ? new Error(message) : new LakeError(kind, message, { code, details });
  if (stack !== undefined) error.stack = stack;
  return error;
}

function plainDetails(details: Readonly<Record<string, unknown>>): Failure['details'] {
  const entries = Object.entries(details).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([key, value]) => [
      key,
      value === null || typeof value === 'number' || typeof value === 'boolean' ? value : String(value),
    ]),
  );
}
