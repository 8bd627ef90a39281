import { assert, isLakeError, LakeError } from '@ticklake/core';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { failureOfAnswer } from '../../remote/failure-of-status.js';
import type { ObjectApi, PartOfBody, PartRules, Request, Upload } from '../../remote/object-api.js';
import { discard, gcsExchange, jsonOf, type GcsHttp, type GcsRequest } from './gcs-http.js';
import { conditionOf, FIELDS, resourceOf, writtenOf } from './gcs-words.js';

/** A resumable upload takes its bytes one after the other, in multiples of 256 KiB. */
export const RESUMABLE: PartRules = {
  bytesMultiple: 256 * 1024,
  bytesMin: 256 * 1024,
  countMax: Number.MAX_SAFE_INTEGER,
  isParallel: false,
  lastCommits: true,
};

/** Says that a resumable upload goes on. */
const INCOMPLETE = 308;

/** Says that an upload was abandoned. */
const ABANDONED = 499;

type Uploads = Pick<ObjectApi['requests'], 'beginUpload' | 'putPart' | 'finishUpload' | 'abandonUpload'>;

/**
 * Resumable uploads. Bytes that the service has already are passed over by it, so a part may be sent twice. They are not digested part by
 * part: the service holds the whole against the digest that it was told at the beginning.
 */
export function gcsUploads(http: GcsHttp): Uploads {
  const beginUpload: Request<'beginUpload'> = async ({ key, size, onlyIf, contentType, stamp }, signal) => {
    const response = await gcsExchange(http, {
      ...{ method: 'POST', at: { uploadInto: true }, signal },
      query: { uploadType: 'resumable', fields: FIELDS, ...conditionOf(onlyIf) },
      headers: { 'content-type': 'application/json; charset=utf-8', 'x-upload-content-length': String(size) },
      body: Buffer.from(JSON.stringify(resourceOf({ key, contentType, stamp }))),
    });
    discard(response);
    const id = response.headers.location;
    if (id === undefined) throw failureOfAnswer('no upload');
    return { key, id };
  };
  const putPart: Request<'putPart'> = async ({ upload, part, bytes, size }, signal) => {
    const response = await ofUpload(http, upload, {
      ...{ method: 'PUT', body: bytes, signal, alsoOk: [INCOMPLETE] },
      headers: { 'content-range': contentRangeOf(part, size) },
    });
    discard(response);
    if (response.statusCode !== INCOMPLETE || persistedBytes(response) < part.offset + part.length) {
      throw failureOfAnswer('a part was not taken as a whole');
    }
    return { number: part.number, tag: '' };
  };
  const finishUpload: Request<'finishUpload'> = async ({ upload, last, size }, signal) => {
    assert(last !== undefined, 'the last part comes with the end');
    const response = await ofUpload(http, upload, {
      ...{ method: 'PUT', body: last.bytes, signal },
      headers: { 'content-range': contentRangeOf(last.part, size) },
    }).catch((error: unknown) => {
      throw isRefusal(error) ? gone(upload) : error;
    });
    return writtenOf(await jsonOf(response));
  };
  const abandonUpload: Request<'abandonUpload'> = async ({ upload }, signal) => {
    try {
      discard(await ofUpload(http, upload, { method: 'DELETE', signal, alsoOk: [ABANDONED] }));
    } catch (error) {
      if (!isLakeError(error, 'missing')) throw error;
    }
  };
  return { beginUpload, putPart, finishUpload, abandonUpload };
}

/** The body of a put in one request: `resource` as JSON, then the bytes. */
export function multipartBody(
  resource: object,
  bytes: Uint8Array,
): { readonly body: Uint8Array; readonly type: string } {
  // No body holds a text that was made up just now.
  const boundary = `ticklake-${randomUUID()}`;
  const json = JSON.stringify(resource);
  const head = [
    `--${boundary}\r\ncontent-type: application/json; charset=utf-8\r\n\r\n${json}\r\n`,
    `--${boundary}\r\ncontent-type: application/octet-stream\r\n\r\n`,
  ].join('');
  const body = Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  return { body, type: `multipart/related; boundary=${boundary}` };
}

/** A request of an upload, which lives at a URL that the service made up: of this service, or the key would go elsewhere. */
async function ofUpload(
  http: GcsHttp,
  { key, id }: Upload,
  request: Omit<GcsRequest, 'at'>,
): Promise<IncomingMessage> {
  const session = URL.canParse(id) ? new URL(id) : undefined;
  if (session?.origin !== http.endpoint.origin) {
    throw new LakeError('invalid', 'the store sends an upload to another host', {
      code: 'REDIRECT',
      details: { key },
    });
  }
  try {
    return await gcsExchange(http, { ...request, at: { session } });
  } catch (error) {
    const isGone = isLakeError(error, 'missing') || (isLakeError(error) && error.details['status'] === 410);
    if (isGone)
      throw new LakeError('missing', 'the upload is not there', { code: 'UPLOAD', details: { key } });
    throw error;
  }
}

/**
 * Whether the service refuses an upload at its end: its bytes are not those of the digest, having been damaged on the way, or it lacks
 * some. It has to begin again.
 */
function isRefusal(error: unknown): boolean {
  return (
    isLakeError(error, 'invalid') && (error.code === 'REFUSED' || error.details['status'] === INCOMPLETE)
  );
}

function gone({ key }: Upload): LakeError {
  return new LakeError('missing', 'the upload is not there', { code: 'UPLOAD', details: { key } });
}

function contentRangeOf({ offset, length }: PartOfBody, size: number): string {
  return `bytes ${offset}-${offset + length - 1}/${size}`;
}

/** `bytes=0-99` is a hundred; without the header there are none. */
function persistedBytes({ headers }: IncomingMessage): number {
  const last = /^bytes=0-(\d+)$/.exec(headers.range ?? '')?.[1];
  return last === undefined ? 0 : Number(last) + 1;
}
