import type { BucketStore, ObjectName, Version } from '../bucket-store.js';
import { byteRange, contentRange } from '../byte-range.js';
import { emptyAnswer, headerOf, type Answer, type Incoming } from '../exchange.js';
import { checkDelete, checkWrite, readVerdict } from './s3-conditions.js';
import { s3Content } from './s3-content.js';
import { s3Refusal } from './s3-refusal.js';
import { attachmentsOf, metadataHeaders } from './s3-request.js';
import type { S3Context } from './s3-dialect.js';

/** PutObject. */
export function putObject(
  { store, dialect, metadataBytesMax }: S3Context,
  incoming: Incoming,
  at: ObjectName,
): Answer {
  const content = s3Content(incoming, dialect);
  const attachments = attachmentsOf(incoming, metadataBytesMax);
  checkWrite(incoming, store.live(at), dialect);
  const version = store.commit(at, { ...attachments, ...content });
  return emptyAnswer(200, { etag: quoted(version.etag), ...checksumHeaders(version) });
}

/** HeadObject and GetObject: they differ in what the server sends of the answer. */
export function getObject({ store, dialect }: S3Context, incoming: Incoming, at: ObjectName): Answer {
  const version = liveVersion(store, at);
  const verdict = readVerdict(incoming, version);
  if (verdict === 'failed') throw s3Refusal('PreconditionFailed');
  const etag = quoted(version.etag);
  if (verdict === 'notModified') return emptyAnswer(304, { etag, 'last-modified': httpDate(version) });
  const headers = {
    etag,
    'last-modified': httpDate(version),
    'accept-ranges': 'bytes',
    'content-type': version.contentType,
    ...metadataHeaders(version.metadata),
  };
  const sizeBytes = version.bytes.length;
  const range = byteRange(headerOf(incoming, 'range'), sizeBytes);
  if (range === 'unsatisfiable') throw s3Refusal('InvalidRange');
  if (range !== undefined) {
    const body = version.bytes.subarray(range.start, range.end + 1);
    return { status: 206, headers: { ...headers, 'content-range': contentRange(range, sizeBytes) }, body };
  }
  const asked = dialect === 's3' && headerOf(incoming, 'x-amz-checksum-mode') === 'ENABLED';
  return {
    status: 200,
    headers: asked ? { ...headers, ...checksumHeaders(version) } : headers,
    body: version.bytes,
  };
}

/** DeleteObject. */
export function deleteObject({ store, dialect }: S3Context, incoming: Incoming, at: ObjectName): Answer {
  checkDelete(incoming, store.live(at), dialect);
  store.remove(at);
  return emptyAnswer(204);
}

/** An ETag as it is sent. */
export function quoted(etag: string): string {
  return `"${etag}"`;
}

function liveVersion(store: BucketStore, at: ObjectName): Version {
  const version = store.live(at);
  if (version === undefined) throw s3Refusal('NoSuchKey');
  return version;
}

function checksumHeaders({ checksum }: Version): Record<string, string> {
  if (checksum === undefined) return {};
  return { [`x-amz-checksum-${checksum.algorithm}`]: checksum.value, 'x-amz-checksum-type': 'FULL_OBJECT' };
}

function httpDate({ modifiedAtMs }: Version): string {
  return new Date(modifiedAtMs).toUTCString();
}
