import { Refusal, type Answer } from '../exchange.js';
import { leaf } from './xml.js';

const REFUSALS = {
  AccessDenied: [403, 'Access Denied'],
  BadDigest: [400, 'The checksum you specified did not match what we received.'],
  ConditionalRequestConflict: [409, 'A conflicting operation occurred during the request.'],
  EntityTooSmall: [400, 'Your proposed upload is smaller than the minimum allowed size.'],
  IncompleteBody: [400, 'The request body is not as long as was announced.'],
  InternalError: [500, 'We encountered an internal error. Please try again.'],
  InvalidAccessKeyId: [403, 'The access key id you provided does not exist in our records.'],
  InvalidArgument: [400, 'Invalid argument.'],
  InvalidDigest: [400, 'The Content-MD5 you specified is not valid.'],
  InvalidPart: [400, 'One or more of the specified parts could not be found.'],
  InvalidPartOrder: [400, 'The list of parts was not in ascending order.'],
  InvalidRange: [416, 'The requested range is not satisfiable.'],
  InvalidRequest: [400, 'Invalid request.'],
  InvalidURI: [400, 'The URI could not be parsed.'],
  KeyTooLongError: [400, 'Your key is too long.'],
  MalformedTrailerError: [400, 'The request contained trailing data that was not well-formed.'],
  MalformedXML: [400, 'The XML you provided was not well-formed.'],
  MetadataTooLarge: [400, 'Your metadata headers exceed the maximum allowed metadata size.'],
  MissingContentLength: [411, 'You must provide the Content-Length HTTP header.'],
  NoSuchBucket: [404, 'The specified bucket does not exist.'],
  NoSuchKey: [404, 'The specified key does not exist.'],
  NoSuchUpload: [404, 'The specified upload does not exist. It may have been aborted or completed.'],
  NotImplemented: [501, 'A header or query you provided implies functionality that is not implemented.'],
  PreconditionFailed: [412, 'At least one of the pre-conditions you specified did not hold.'],
  RequestTimeTooSkewed: [403, 'The difference between the request time and the current time is too large.'],
  SignatureDoesNotMatch: [403, 'The request signature we calculated does not match the one you provided.'],
  SlowDown: [503, 'Please reduce your request rate.'],
  TooManyRequests: [429, 'Please reduce your request rate.'],
  XAmzContentSHA256Mismatch: [400, 'The provided x-amz-content-sha256 does not match what was computed.'],
} as const satisfies Record<string, readonly [status: number, message: string]>;

/** The codes of S3 that the server itself answers. */
export type S3Code = keyof typeof REFUSALS;

/** A refusal with the status that S3 gives it; `message` where the usual one says too little. */
export function s3Refusal(code: S3Code, message?: string): Refusal {
  const [status, usual] = REFUSALS[code];
  return new Refusal(status, code, message ?? usual);
}

/** The code that mostly comes with `status`. */
export function s3RefusalOf(status: number): Refusal {
  const code = USUAL.get(status) ?? (status < 500 ? 'InvalidRequest' : 'InternalError');
  return new Refusal(status, code, REFUSALS[code][1]);
}

/** The `<Error>` document. */
export function s3ErrorAnswer({ status, code, message, headers }: Refusal): Answer {
  const error = `<Error>${leaf('Code', code)}${leaf('Message', message)}${leaf('RequestId', 'none')}</Error>`;
  return {
    status,
    headers: { 'content-type': 'application/xml', ...headers },
    body: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${error}`),
  };
}

const USUAL = new Map<number, S3Code>([
  [403, 'AccessDenied'],
  [404, 'NoSuchKey'],
  [409, 'ConditionalRequestConflict'],
  [412, 'PreconditionFailed'],
  [416, 'InvalidRange'],
  [429, 'TooManyRequests'],
  [501, 'NotImplemented'],
  [503, 'SlowDown'],
]);
