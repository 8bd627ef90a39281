import { decodePathPart, headerOf, type Incoming, type Subject } from '../exchange.js';
import type { ServerOperation } from '../served-request.js';
import { gcsRefusal } from './gcs-refusal.js';
import { uploadDocument } from './gcs-uploads.js';

/** What a path leads to. */
export interface GcsAddress {
  readonly kind: 'buckets' | 'bucket' | 'objects' | 'object' | 'uploads';
  readonly bucket: string;
  readonly key: string | undefined;
  readonly isDownload: boolean;
}

/** Takes a path apart; `undefined` when it leads nowhere. */
export function gcsAddress(path: string): GcsAddress | undefined {
  const found = PATH.exec(path)?.groups;
  const bucket = decodePathPart(found?.['bucket'] ?? '');
  const key = decodePathPart(found?.['key'] ?? '');
  if (found === undefined || bucket === undefined || key === undefined) return undefined;
  const depth = (['key', 'objects', 'bucket'] as const).find((part) => found[part] !== undefined) ?? 'root';
  const kind = KINDS[`${found['service'] ?? ''}${depth}`];
  if (kind === undefined) return undefined;
  const isDownload = found['service'] === '/download';
  return { kind, bucket, key: depth === 'key' ? key : undefined, isDownload };
}

/** What a request of GCS is about; `keyOfSession` tells the object of an upload session by its id. */
export function gcsSubject(incoming: Incoming, keyOfSession: (id: string) => string | undefined): Subject {
  const address = gcsAddress(incoming.path);
  if (address === undefined) return { operation: 'other', bucket: '', key: undefined };
  const operation = operationOf(incoming, address);
  const session = incoming.query.get('upload_id');
  if (address.kind !== 'uploads') return { operation, bucket: address.bucket, key: address.key };
  const key = session === null ? uploadedKey(incoming) : keyOfSession(session);
  return { operation, bucket: address.bucket, key };
}

/** What part of the content a request to a session brings. */
export interface ContentRange {
  /** `undefined` when it brings nothing and asks how far the upload is. */
  readonly start: number | undefined;
  /** Included; `undefined` when it goes as far as the body does. */
  readonly end: number | undefined;
  /** Of the whole content, in bytes; `undefined` when it is not known yet. */
  readonly totalBytes: number | undefined;
}

/** @throws Refusal `invalid` when the header cannot be read. */
export function contentRangeOf(incoming: Incoming): ContentRange {
  const header = headerOf(incoming, 'content-range');
  if (header === undefined) return { start: 0, end: undefined, totalBytes: undefined };
  const found = /^bytes (?:\*|(?<start>\d+)-(?:\*|(?<end>\d+)))\/(?:\*|(?<total>\d+))$/.exec(header)?.groups;
  if (found === undefined) throw gcsRefusal('invalid', `Failed to parse Content-Range header: ${header}`);
  const number = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  return { start: number(found['start']), end: number(found['end']), totalBytes: number(found['total']) };
}

/** A slash within a name must be encoded. */
const PATH =
  /^(?<service>\/upload|\/download)?\/storage\/v1\/b(?:\/(?<bucket>[^/]+)(?<objects>\/o(?:\/(?<key>[^/]+))?)?)?$/;

const KINDS: Readonly<Record<string, GcsAddress['kind']>> = {
  root: 'buckets',
  bucket: 'bucket',
  objects: 'objects',
  key: 'object',
  '/downloadkey': 'object',
  '/uploadobjects': 'uploads',
};

function operationOf(incoming: Incoming, { kind, isDownload }: GcsAddress): ServerOperation {
  const { method, query } = incoming;
  if (kind === 'uploads') return uploadOperation(incoming);
  if (kind === 'objects' && method === 'GET') return 'list';
  if (kind === 'object' && method === 'DELETE') return 'delete';
  if (kind === 'object' && method === 'GET')
    return isDownload || query.get('alt') === 'media' ? 'get' : 'head';
  return 'other';
}

function uploadOperation(incoming: Incoming): ServerOperation {
  const { method, query } = incoming;
  if (query.has('upload_id')) {
    if (method === 'DELETE') return 'abandonUpload';
    return method === 'PUT' ? sessionOperation(incoming) : 'other';
  }
  if (method !== 'POST') return 'other';
  return query.get('uploadType') === 'resumable' ? 'beginUpload' : 'put';
}

function sessionOperation(incoming: Incoming): ServerOperation {
  try {
    const { start, end, totalBytes } = contentRangeOf(incoming);
    if (start === undefined) return 'uploadStatus';
    return end === undefined || end + 1 === totalBytes ? 'finishUpload' : 'putPart';
  } catch {
    return 'other';
  }
}

function uploadedKey(incoming: Incoming): string | undefined {
  try {
    return incoming.query.get('name') ?? uploadDocument(incoming).name;
  } catch {
    return undefined;
  }
}
