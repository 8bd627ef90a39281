import type { Clock } from '@ticklake/core';
import type { BucketStore } from '../bucket-store.js';
import { emptyAnswer, type Answer, type Incoming, type ServerDialect } from '../exchange.js';
import { s3ErrorAnswer, s3Refusal, s3RefusalOf } from './s3-refusal.js';
import { listObjects } from './s3-listing.js';
import {
  abortUpload,
  completeUpload,
  createUpload,
  uploadPart,
  type MultipartUpload,
} from './s3-multipart.js';
import { deleteObject, getObject, putObject } from './s3-objects.js';
import { refuseUnknown, s3Subject } from './s3-request.js';
import { verifySignature, type S3Credentials } from './s3-signature.js';

/** Which S3 to speak, and over what. */
export interface S3Options {
  readonly dialect: 's3' | 'r2';
  readonly store: BucketStore;
  readonly clock: Clock;
  /** Requests need no signature when left out. */
  readonly credentials: S3Credentials | undefined;
  /** The least size of a part that is not the last. */
  readonly partBytesMin: number;
}

/** What the operations of S3 work on. */
export interface S3Context extends S3Options {
  readonly metadataBytesMax: number;
  upload(id: string): MultipartUpload | undefined;
  /** Returns its id, never given twice. */
  addUpload(upload: MultipartUpload): string;
  removeUpload(upload: MultipartUpload): void;
}

/** S3, addressed by path. */
export function s3Dialect(options: S3Options): ServerDialect {
  const uploads = new Map<string, MultipartUpload>();
  let requestCount = 0;
  let uploadCount = 0;
  const context: S3Context = {
    ...options,
    metadataBytesMax: options.dialect === 'r2' ? 8192 : 2048,
    upload: (id) => uploads.get(id),
    addUpload: (upload) => {
      const id = `upload.${++uploadCount}`;
      uploads.set(id, upload);
      return id;
    },
    removeUpload: (upload) => {
      for (const [id, other] of uploads) if (other === upload) uploads.delete(id);
    },
  };
  const named = ({ headers, ...rest }: Answer): Answer => {
    const id = (++requestCount).toString(16).toUpperCase().padStart(16, '0');
    return { ...rest, headers: { 'x-amz-request-id': id, ...headers } };
  };
  return {
    identify: s3Subject,
    serve: (incoming) => named(serve(context, incoming)),
    breakOff: () => undefined,
    refuse: (refusal) => named(s3ErrorAnswer(refusal)),
    refusalOf: s3RefusalOf,
    disguise: disguised,
    openUploads: () => uploads.size,
    reset: () => uploads.clear(),
  };
}

function serve(context: S3Context, incoming: Incoming): Answer {
  const { operation, bucket, key } = s3Subject(incoming);
  if (bucket === '' || (key === undefined && /^\/[^/]+\/./.test(incoming.path)))
    throw s3Refusal('InvalidURI');
  if (context.credentials !== undefined) {
    verifySignature(incoming, context.credentials, context.clock.nowMs());
  }
  refuseUnknown(incoming);
  if (key === undefined && incoming.method === 'PUT') {
    context.store.addBucket(bucket);
    return emptyAnswer(200, { location: `/${bucket}` });
  }
  if (!context.store.hasBucket(bucket)) throw s3Refusal('NoSuchBucket');
  if (key === undefined) {
    if (incoming.method === 'HEAD') return emptyAnswer(200);
    if (operation === 'list') return listObjects(context, incoming, bucket);
    throw s3Refusal('NotImplemented');
  }
  if (Buffer.byteLength(key) > 1024) throw s3Refusal('KeyTooLongError');
  const at = { bucket, key };
  switch (operation) {
    case 'put':
      return putObject(context, incoming, at);
    case 'head':
    case 'get':
      return getObject(context, incoming, at);
    case 'delete':
      return deleteObject(context, incoming, at);
    case 'beginUpload':
      return createUpload(context, incoming, at);
    case 'putPart':
      return uploadPart(context, incoming, at);
    case 'finishUpload':
      return completeUpload(context, incoming, at);
    case 'abandonUpload':
      return abortUpload(context, incoming, at);
    default:
      throw s3Refusal('NotImplemented');
  }
}

/** Every ETag with its first digit turned into another. Documents name versions in their body, objects in a header. */
function disguised(answer: Answer): Answer {
  const { etag } = answer.headers;
  if (etag !== undefined) return { ...answer, headers: { ...answer.headers, etag: otherEtag(etag) } };
  if (answer.headers['content-type'] !== 'application/xml') return answer;
  const text = Buffer.from(answer.body).toString();
  return { ...answer, body: Buffer.from(text.replace(/(?<=<ETag>)[^<]*/g, otherEtag)) };
}

function otherEtag(etag: string): string {
  return etag.replace(/[0-9a-f]/, (digit) => (Number.parseInt(digit, 16) ^ 1).toString(16));
}
