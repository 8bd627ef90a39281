import { createHash } from 'node:crypto';
import { checksumAlgorithm, checksumOf, type Checksum } from '../checksums.js';
import { headerOf, type Incoming } from '../exchange.js';
import { decodeChunked } from './aws-chunked.js';
import { s3Refusal } from './s3-refusal.js';

/** The content of an upload, all of whose checksums hold. */
export interface S3Content {
  readonly bytes: Buffer;
  /** The checksum of the x-amz-checksum family that came with it. */
  readonly checksum: Checksum | undefined;
}

/**
 * Takes the content out of the body of a PUT.
 *
 * @throws Refusal when the body is framed wrongly, or differs from what a header or trailer says of it.
 */
export function s3Content(incoming: Incoming, dialect: 's3' | 'r2'): S3Content {
  const { framed, trailers } = unframe(incoming, dialect);
  const bytes = incoming.treatment.content(framed);
  checkHashes(incoming, bytes);
  return { bytes, checksum: checkedChecksum(incoming, trailers, bytes) };
}

/** The body of a request that is a document, which may come without a length. @throws Refusal when a hash differs. */
export function s3Document(incoming: Incoming): Buffer {
  const bytes = incoming.treatment.content(incoming.body);
  checkHashes(incoming, bytes);
  return bytes;
}

const UNSIGNED_TRAILER = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';
const CHECKSUM_HEADER = /^x-amz-checksum-(?!algorithm$|type$|mode$)/;

function unframe(
  incoming: Incoming,
  dialect: 's3' | 'r2',
): { framed: Buffer; trailers: Map<string, string> } {
  const sha256 = headerOf(incoming, 'x-amz-content-sha256') ?? '';
  const encoding = headerOf(incoming, 'content-encoding') ?? '';
  if (sha256.startsWith('STREAMING-')) {
    if (dialect === 'r2' || sha256 !== UNSIGNED_TRAILER)
      throw s3Refusal('NotImplemented', `${sha256} not implemented`);
    const decodedBytes = headerOf(incoming, 'x-amz-decoded-content-length');
    if (decodedBytes === undefined) throw s3Refusal('MissingContentLength');
    const decoded = decodeChunked(incoming.body);
    if (decoded.content.length !== Number(decodedBytes)) throw s3Refusal('IncompleteBody');
    const announced = (headerOf(incoming, 'x-amz-trailer') ?? '')
      .split(',')
      .map((name) => name.trim().toLowerCase());
    const missing = announced.filter((name) => name !== '' && !decoded.trailers.has(name));
    if (missing.length > 0) throw s3Refusal('MalformedTrailerError');
    return { framed: decoded.content, trailers: decoded.trailers };
  }
  if (encoding.split(',').some((one) => one.trim() === 'aws-chunked')) {
    throw s3Refusal('InvalidRequest', 'aws-chunked needs x-amz-content-sha256 to say which framing.');
  }
  if (headerOf(incoming, 'x-amz-trailer') !== undefined) throw s3Refusal('NotImplemented');
  if (headerOf(incoming, 'transfer-encoding') !== undefined) throw s3Refusal('NotImplemented');
  if (headerOf(incoming, 'content-length') === undefined) throw s3Refusal('MissingContentLength');
  return { framed: incoming.body, trailers: new Map() };
}

function checkHashes(incoming: Incoming, bytes: Buffer): void {
  const sha256 = headerOf(incoming, 'x-amz-content-sha256') ?? '';
  if (/^[0-9a-f]{64}$/.test(sha256) && createHash('sha256').update(bytes).digest('hex') !== sha256) {
    throw s3Refusal('XAmzContentSHA256Mismatch');
  }
  const md5 = headerOf(incoming, 'content-md5');
  if (md5 === undefined) return;
  if (Buffer.from(md5, 'base64').length !== 16) throw s3Refusal('InvalidDigest');
  if (createHash('md5').update(bytes).digest('base64') !== md5) throw s3Refusal('BadDigest');
}

function checkedChecksum(
  incoming: Incoming,
  trailers: ReadonlyMap<string, string>,
  bytes: Buffer,
): Checksum | undefined {
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)] as const);
  const [given, another] = [...headers, ...trailers].filter(([name]) => CHECKSUM_HEADER.test(name));
  if (given === undefined) return undefined;
  if (another !== undefined) throw s3Refusal('InvalidRequest', 'Expecting a single x-amz-checksum- header.');
  const [name, value] = given;
  const algorithm = checksumAlgorithm(name.replace(CHECKSUM_HEADER, ''));
  if (algorithm === undefined) throw s3Refusal('NotImplemented', `${name} not implemented`);
  const declared = headerOf(incoming, 'x-amz-sdk-checksum-algorithm');
  if (declared !== undefined && declared.toLowerCase() !== algorithm) {
    throw s3Refusal('InvalidRequest', 'Value for x-amz-sdk-checksum-algorithm header is invalid.');
  }
  const actual = checksumOf(algorithm, bytes);
  if (value.length !== actual.length)
    throw s3Refusal('InvalidRequest', `Value for ${name} header is invalid.`);
  if (value !== actual) throw s3Refusal('BadDigest', `The ${algorithm} you specified did not match.`);
  return { algorithm, value };
}
