import { LakeError, type ErrorKind } from '@ticklake/core';

/** What a service said when it did not do what it was asked. */
export interface ServiceAnswer {
  /** Of HTTP. */
  readonly status: number;
  /** The service's own word for it. */
  readonly reason: string | undefined;
  readonly requestId: string | undefined;
  /** The header `Retry-After`: seconds, or an instant. */
  readonly retryAfter: string | undefined;
  /** The header `Date`: what the service takes for now. */
  readonly date: string | undefined;
}

/** Tells {@link ServiceAnswer} as a failure whose kind says what may be done; texts of the service are not repeated, they may hold secrets. */
export function failureOfStatus(answer: ServiceAnswer): LakeError {
  const { status, reason, requestId } = answer;
  const [kind, message, code] = meaningOf(status, reason ?? '');
  const retryAfterMs = retryAfterMsOf(answer);
  const details = { status, reason, requestId, retryAfterMs };
  const told = Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
  return new LakeError(kind, message, { code, details: told });
}

type Meaning = readonly [ErrorKind, string, string?];

/** A connection that failed before there was an answer: anything may have happened. `name` is the word of Node for it. */
export function failureOfConnection(name: string): LakeError {
  return new LakeError('unavailable', 'the connection to the store failed', {
    code: 'CONNECTION',
    details: { reason: name },
  });
}

/** An answer that is none of the service's: from something in between, or cut short. */
export function failureOfAnswer(reason: string): LakeError {
  return new LakeError('unavailable', 'the store gave an answer that is not one', {
    code: 'ANSWER',
    details: { reason },
  });
}

/** A version that is to be read and does not stand there any more. */
export function failureOfReplaced(key: string): LakeError {
  return new LakeError('conflict', 'the object was replaced while it was read', { details: { key } });
}

function meaningOf(status: number, reason: string): Meaning {
  if (PASSING.has(reason)) return UNAVAILABLE;
  if (DENIALS.has(reason) || status === 401 || status === 403) return ['denied', 'the store denies access'];
  if (status === 501) return ['invalid', 'the store does not know such requests', 'UNSUPPORTED'];
  if (status >= 500 || status === 408 || status === 425 || status === 429) return UNAVAILABLE;
  // A race is not a verdict.
  if (status === 409) return UNAVAILABLE;
  if (status === 412) return ['conflict', 'the object is not the version that was expected'];
  if (status === 416) return ['invalid', 'the range begins past the end of the object', 'RANGE'];
  if (status === 404) return missing(reason);
  if (status >= 300 && status < 400)
    return ['invalid', 'the store is elsewhere: check region and endpoint', 'REDIRECT'];
  return ['invalid', 'the store refuses the request', 'REFUSED'];
}

const UNAVAILABLE: Meaning = ['unavailable', 'the store cannot do it now'];

function missing(reason: string): Meaning {
  if (reason === 'NoSuchUpload') return ['missing', 'the upload is not there', 'UPLOAD'];
  if (reason === 'NoSuchBucket') return ['missing', 'the bucket is not there', 'BUCKET'];
  return ['missing', 'nothing is there'];
}

/** Said with statuses that mean something else otherwise. */
const DENIALS = new Set([
  'AccessDenied',
  'ExpiredToken',
  'InvalidAccessKeyId',
  'InvalidToken',
  'SignatureDoesNotMatch',
  'TokenRefreshRequired',
]);

/** Bodies that were damaged on the way, or did not come at all, come whole the next time; and a clock is set by the answer that it is wrong. */
const PASSING = new Set([
  'BadDigest',
  'backendError',
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'IncompleteBody',
  'InternalError',
  'RequestTimeTooSkewed',
  'RequestTimeout',
  'SlowDown',
  'XAmzContentChecksumMismatch',
  'XAmzContentSHA256Mismatch',
]);

function retryAfterMsOf({ retryAfter, date }: ServiceAnswer): number | undefined {
  if (retryAfter === undefined) return undefined;
  const ms = /^\d+$/.test(retryAfter)
    ? 1000 * Number(retryAfter)
    : Date.parse(retryAfter) - Date.parse(date ?? '');
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
