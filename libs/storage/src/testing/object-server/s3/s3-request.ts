import { decodePathPart, headerOf, type Incoming, type Subject } from '../exchange.js';
import type { ServerOperation } from '../served-request.js';
import { s3Refusal } from './s3-refusal.js';

/** What a request of S3 is about; `other` what this server does not do. */
export function s3Subject(incoming: Incoming): Subject {
  const { bucket, key } = addressOf(incoming.path);
  const operation = key === undefined ? bucketOperation(incoming) : objectOperation(incoming);
  return { operation, bucket: bucket ?? '', key };
}

/** The metadata and the type that a request attaches. @throws Refusal `MetadataTooLarge`. */
export function attachmentsOf(
  incoming: Incoming,
  metadataBytesMax: number,
): { readonly metadata: Record<string, string>; readonly contentType: string } {
  const metadata: Record<string, string> = {};
  let bytes = 0;
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (!name.startsWith(META)) continue;
    metadata[name.slice(META.length)] = String(value);
    bytes += Buffer.byteLength(name.slice(META.length) + String(value));
  }
  if (bytes > metadataBytesMax) throw s3Refusal('MetadataTooLarge');
  return { metadata, contentType: headerOf(incoming, 'content-type') ?? 'binary/octet-stream' };
}

/** The headers that give metadata back. */
export function metadataHeaders(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`${META}${name}`, value]));
}

/** @throws Refusal for queries and headers that would ask for more than this server does. */
export function refuseUnknown(incoming: Incoming): void {
  const unknown = [...incoming.query.keys()].find((name) => !KNOWN_QUERY.has(name));
  if (unknown !== undefined) throw s3Refusal('NotImplemented', `query ${unknown} not implemented`);
  const header = UNKNOWN_HEADERS.find((name) => incoming.headers[name] !== undefined);
  if (header !== undefined) throw s3Refusal('NotImplemented', `header ${header} not implemented`);
}

const META = 'x-amz-meta-';
const KNOWN_QUERY = new Set([
  'continuation-token',
  'delimiter',
  'encoding-type',
  'fetch-owner',
  'list-type',
  'max-keys',
  'partNumber',
  'prefix',
  'start-after',
  'uploadId',
  'uploads',
  'x-id',
]);
const UNKNOWN_HEADERS = [
  'x-amz-copy-source',
  'x-amz-write-offset-bytes',
  'if-modified-since',
  'if-unmodified-since',
];

function addressOf(path: string): { bucket: string | undefined; key: string | undefined } {
  const [, bucket = '', key = ''] = /^\/([^/]*)(?:\/(.*))?$/s.exec(path) ?? [];
  return { bucket: decodePathPart(bucket), key: key === '' ? undefined : decodePathPart(key) };
}

function bucketOperation({ method, query }: Incoming): ServerOperation {
  return method === 'GET' && query.get('list-type') === '2' ? 'list' : 'other';
}

function objectOperation({ method, query }: Incoming): ServerOperation {
  const ofUpload = query.has('uploadId');
  switch (method) {
    case 'HEAD':
      return ofUpload ? 'other' : 'head';
    case 'GET':
      return ofUpload ? 'other' : 'get';
    case 'PUT':
      return ofUpload || query.has('partNumber') ? 'putPart' : 'put';
    case 'DELETE':
      return ofUpload ? 'abandonUpload' : 'delete';
    case 'POST':
      if (query.has('uploads')) return 'beginUpload';
      return ofUpload ? 'finishUpload' : 'other';
    default:
      return 'other';
  }
}
