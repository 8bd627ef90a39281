import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Incoming } from '../exchange.js';
import { headerOf } from '../exchange.js';
import { s3Refusal } from './s3-refusal.js';

/** A key pair of S3. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * Holds if `incoming` is signed with `credentials` by AWS Signature Version 4, in its Authorization header, within a
 * quarter of an hour of `nowMs`. Signed addresses are not known here.
 *
 * @throws Refusal `AccessDenied`, `InvalidAccessKeyId`, `SignatureDoesNotMatch` or `RequestTimeTooSkewed`.
 */
export function verifySignature(incoming: Incoming, credentials: S3Credentials, nowMs: number): void {
  const authorization = headerOf(incoming, 'authorization');
  if (authorization === undefined) throw s3Refusal('AccessDenied');
  const claim = AUTHORIZATION.exec(authorization)?.groups;
  if (claim === undefined) throw s3Refusal('InvalidArgument', 'The authorization header is malformed.');
  const { keyId = '', scope = '', day = '', signed = '', signature = '' } = claim;
  if (keyId !== credentials.accessKeyId) throw s3Refusal('InvalidAccessKeyId');
  const time = headerOf(incoming, 'x-amz-date') ?? '';
  const timeMs = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!time.startsWith(day) || Number.isNaN(timeMs))
    throw s3Refusal('AccessDenied', 'The date is not valid.');
  if (Math.abs(timeMs - nowMs) > SKEW_MAX_MS) throw s3Refusal('RequestTimeTooSkewed');
  const names = signed.split(';');
  const unsigned = Object.keys(incoming.headers).filter(
    (name) => mustBeSigned(name) && !names.includes(name),
  );
  if (unsigned.length > 0) {
    throw s3Refusal('AccessDenied', `There were headers which were not signed: ${unsigned.join(', ')}`);
  }
  if (headerOf(incoming, 'x-amz-content-sha256') === undefined) {
    throw s3Refusal('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  }
  const text = ['AWS4-HMAC-SHA256', time, scope, sha256(canonicalRequest(incoming, names))].join('\n');
  let key: Buffer = Buffer.from(`AWS4${credentials.secretAccessKey}`);
  for (const part of scope.split('/')) key = hmac(key, part);
  if (!timingSafeEqual(hmac(key, text), Buffer.from(signature, 'hex')))
    throw s3Refusal('SignatureDoesNotMatch');
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=(?<keyId>[^/,]+)\/(?<scope>(?<day>\d{8})\/[^/]+\/s3\/aws4_request), ?SignedHeaders=(?<signed>[a-z0-9;-]+), ?Signature=(?<signature>[0-9a-f]{64})$/;

const SKEW_MAX_MS = 15 * 60 * 1000;

function mustBeSigned(name: string): boolean {
  return name === 'host' || name.startsWith('x-amz-');
}

function canonicalRequest(incoming: Incoming, names: readonly string[]): string {
  const query = [...incoming.query]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const headers = names.map((name) => {
    const value = incoming.headers[name] ?? '';
    return `${name}:${String(value).trim().replace(/\s+/g, ' ')}\n`;
  });
  // What was signed is the decoded path, encoded in the one canonical way.
  const path = incoming.path
    .split('/')
    .map((part) => encode(decodeURIComponent(part)))
    .join('/');
  const payload = headerOf(incoming, 'x-amz-content-sha256') ?? '';
  return [incoming.method, path, query, headers.join(''), names.join(';'), payload].join('\n');
}

function encode(text: string): string {
  const escape = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, escape);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
