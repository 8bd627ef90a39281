/** Whether the operation has taken effect when the fault strikes: `after` is the answer that got lost. */
export type FaultWhen = 'before' | 'after';

/** What goes wrong with one request. */
export type ServerFault =
  /** An error is answered. `code` is the one of S3, or the reason of GCS; a usual one when left out. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly code?: string;
      readonly retryAfterSeconds?: number;
      readonly when: FaultWhen;
    }
  /** The connection is reset. */
  | { readonly kind: 'reset'; readonly when: FaultWhen }
  /** Nothing is answered; the connection stays until the client leaves or the server closes. */
  | { readonly kind: 'hang'; readonly when: FaultWhen }
  /** The body comes in pieces, the first at once. */
  | { readonly kind: 'slowBody'; readonly bytesPerSecond: number }
  /** Half of the body comes, then the connection ends. */
  | { readonly kind: 'truncatedBody' }
  /** Half of the body comes, and Content-Length says so. */
  | { readonly kind: 'shortBody' }
  /** One bit of the body is another. */
  | { readonly kind: 'flippedBit' }
  /** 200 with an error for a body. Nothing took effect. */
  | { readonly kind: 'errorInOk' }
  /** 200 with a page as of a proxy. Nothing took effect. */
  | { readonly kind: 'html' }
  /**
   * A list has its first entry twice; or lacks the middle one; or has the first and the last exchanged; or goes on for
   * ever with one token, which leads back to the beginning. What is too short for it stays as it is.
   */
  | { readonly kind: 'listing'; readonly how: 'duplicate' | 'missing' | 'reordered' | 'endlessToken' }
  /** The answer names another version than the stored one. */
  | { readonly kind: 'wrongEtag' }
  /** The connection is reset, and the operation is tried later, with its conditions. */
  | { readonly kind: 'delayedLanding'; readonly afterMs: number }
  /** Served as if no condition had been sent. */
  | { readonly kind: 'ignoredConditions' }
  /** The Date header is off by so much. */
  | { readonly kind: 'skewedDate'; readonly byMs: number }
  /** One bit of the content that is uploaded is another, before its checksums are verified. */
  | { readonly kind: 'flippedUpload' };

const BOTH: readonly FaultWhen[] = ['before', 'after'];

/** One of each fault and of each of its variants, for tests that go through all. */
export const SERVER_FAULTS: readonly ServerFault[] = [
  ...BOTH.flatMap((when): ServerFault[] => [
    ...[403, 409, 412, 500, 502].map((status): ServerFault => ({ kind: 'status', status, when })),
    ...[429, 503].map((status): ServerFault => ({ kind: 'status', status, retryAfterSeconds: 1, when })),
    { kind: 'reset', when },
    { kind: 'hang', when },
  ]),
  { kind: 'slowBody', bytesPerSecond: 1 },
  { kind: 'truncatedBody' },
  { kind: 'shortBody' },
  { kind: 'flippedBit' },
  { kind: 'errorInOk' },
  { kind: 'html' },
  { kind: 'listing', how: 'duplicate' },
  { kind: 'listing', how: 'missing' },
  { kind: 'listing', how: 'reordered' },
  { kind: 'listing', how: 'endlessToken' },
  { kind: 'wrongEtag' },
  { kind: 'delayedLanding', afterMs: 50 },
  { kind: 'ignoredConditions' },
  { kind: 'skewedDate', byMs: 60 * 60 * 1000 },
  { kind: 'skewedDate', byMs: -60 * 60 * 1000 },
  { kind: 'flippedUpload' },
];
