/** What the operator, or the calling code, can do about a failure. Nothing finer is public. */
export type ErrorKind =
  | 'invalid'
  | 'missing'
  | 'conflict'
  | 'busy'
  | 'denied'
  | 'unavailable'
  | 'corrupt'
  | 'incomplete'
  | 'cancelled';

/** What a {@link LakeError} carries beside its kind and message. */
export interface LakeErrorOptions {
  /** Stable machine code within a kind, e.g. `SNAPPY_CORRUPT`; written to `error.json`. */
  readonly code?: string | undefined;
  /** Values for the log line: keys, ranges, counts. Never secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** The only error class. Branch on {@link LakeError.kind}; read the message, never parse it. */
export class LakeError extends Error {
  override readonly name = 'LakeError';
  readonly kind: ErrorKind;
  readonly code: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(kind: ErrorKind, message: string, { code, details = {}, cause }: LakeErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.code = code;
    this.details = details;
  }
}

/** Whether `error` is a {@link LakeError}, of `kind` where one is given. */
export function isLakeError(error: unknown, kind?: ErrorKind): error is LakeError {
  return error instanceof LakeError && (kind === undefined || error.kind === kind);
}

/** One line for a person: the message, then the details as `key=value`. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const details = isLakeError(error) ? Object.entries(error.details) : [];
  return [error.message, ...details.map(([key, value]) => `${key}=${String(value)}`)].join(' ');
}
