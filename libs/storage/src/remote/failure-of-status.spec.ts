import { failureOfStatus } from './failure-of-status.js';

const answer = { reason: undefined, requestId: 'r-1', retryAfter: undefined, date: undefined };

it.each([
  [400, undefined, 'invalid', 'REFUSED'],
  [400, 'InvalidArgument', 'invalid', 'REFUSED'],
  [400, 'BadDigest', 'unavailable', undefined],
  [400, 'RequestTimeout', 'unavailable', undefined],
  [400, 'ExpiredToken', 'denied', undefined],
  [401, undefined, 'denied', undefined],
  [403, 'SignatureDoesNotMatch', 'denied', undefined],
  [403, 'RequestTimeTooSkewed', 'unavailable', undefined],
  [404, undefined, 'missing', undefined],
  [404, 'NoSuchBucket', 'missing', 'BUCKET'],
  [404, 'NoSuchUpload', 'missing', 'UPLOAD'],
  [408, undefined, 'unavailable', undefined],
  [409, 'ConditionalRequestConflict', 'unavailable', undefined],
  [412, 'PreconditionFailed', 'conflict', undefined],
  [416, 'InvalidRange', 'invalid', 'RANGE'],
  [429, undefined, 'unavailable', undefined],
  [301, 'PermanentRedirect', 'invalid', 'REDIRECT'],
  [307, undefined, 'invalid', 'REDIRECT'],
  [500, 'InternalError', 'unavailable', undefined],
  [501, 'NotImplemented', 'invalid', 'UNSUPPORTED'],
  [503, 'SlowDown', 'unavailable', undefined],
  [599, undefined, 'unavailable', undefined],
])('%i %s is %s', (status, reason, kind, code) => {
  const failure = failureOfStatus({ ...answer, status, reason });
  expect(failure).toMatchObject({ kind, details: { status, requestId: 'r-1' } });
  expect(failure.code).toBe(code);
});

it.each([
  ['7', undefined, 7000],
  ['0', undefined, 0],
  ['Thu, 26 Nov 2026 10:00:30 GMT', 'Thu, 26 Nov 2026 10:00:00 GMT', 30_000],
  ['Thu, 26 Nov 2026 09:00:00 GMT', 'Thu, 26 Nov 2026 10:00:00 GMT', 0],
  ['Thu, 26 Nov 2026 10:00:30 GMT', undefined, undefined],
  ['soon', undefined, undefined],
])('Retry-After %s is %s ms', (retryAfter, date, expected) => {
  const { details } = failureOfStatus({ ...answer, status: 503, retryAfter, date });
  expect(details['retryAfterMs']).toBe(expected);
});
