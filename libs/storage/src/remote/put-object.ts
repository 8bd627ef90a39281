import { LakeError, mapBounded, type ByteSource } from '@ticklake/core';
import { createHash, randomUUID } from 'node:crypto';
import { isBytes, piecesOf } from '../read-body.js';
import type { PutOptions } from '../object-store.js';
import type { Condition, PartRules, RemoteObject, Stamp, Upload, UploadedPart } from './object-api.js';
import { rangesOf } from './ranges.js';
import type { Requests } from './requests.js';
import { settlePut, type Write } from './settle-put.js';

/** What is to stand where. */
export interface PutRequest extends PutOptions {
  readonly key: string;
  readonly body: Uint8Array | ByteSource;
}

/** Writes the whole of a body, in one request or in parts, and tells what stands there for sure. */
export async function putObject(requests: Requests, put: PutRequest): Promise<RemoteObject> {
  const { key, body, contentType } = put;
  const { partBytes } = requests.patience.policy;
  const onlyIf = conditionOf(put.onlyIf);
  const stamp: Stamp = { opId: randomUUID(), md5: await md5Of(body, partBytes) };
  const whole = { key, onlyIf, contentType, stamp };
  const { sendOnce } = requests;
  if (sizeOf(body) > partBytes) return putInParts(requests, { ...whole, body });
  const bytes = isBytes(body) ? body : await body.read(0, body.size);
  const size = bytes.length;
  return settlePut(requests, { ...whole, size }, () => sendOnce('put', { ...whole, bytes }));
}

interface LargePut extends Omit<Write, 'size'> {
  readonly body: Uint8Array | ByteSource;
  readonly contentType: string | undefined;
}

async function putInParts(requests: Requests, put: LargePut): Promise<RemoteObject> {
  const { send, sendOnce } = requests;
  const size = sizeOf(put.body);
  let uploaded: readonly UploadedPart[] | undefined;
  let begun: Upload | undefined;
  try {
    const stored = await settlePut(requests, { ...put, size }, async () => {
      try {
        if (begun === undefined || uploaded === undefined) {
          await abandon(requests, begun);
          begun = await send('beginUpload', { ...put, size });
          uploaded = await sendParts(requests, begun, put.body);
        }
        const finished = { upload: begun, parts: uploaded, size, onlyIf: put.onlyIf };
        return await sendOnce('finishUpload', finished);
      } catch (error) {
        if (!isGone(error)) throw error;
        // It ended some other way: as an object, which is found out now, or it has to begin again.
        uploaded = undefined;
        throw new LakeError('unavailable', 'the upload is gone', {
          code: 'UPLOAD',
          details: { key: put.key },
        });
      }
    });
    begun = undefined;
    return stored;
  } finally {
    await abandon(requests, begun);
  }
}

/** What could not be abandoned stays until the bucket's own rule removes it; the failure that led here is the one to tell. */
async function abandon({ send }: Requests, upload: Upload | undefined): Promise<void> {
  if (upload !== undefined) await send('abandonUpload', { upload }).catch(() => undefined);
}

async function sendParts(
  { api, send, patience }: Requests,
  upload: Upload,
  body: Uint8Array | ByteSource,
): Promise<UploadedPart[]> {
  const size = sizeOf(body);
  const { partBytes, partsAtOnceMax } = patience.policy;
  const ranges = rangesOf(size, partBytesOf(api.parts, size, partBytes));
  return mapBounded(ranges, api.parts.isParallel ? partsAtOnceMax : 1, async ({ offset, length }, index) => {
    const bytes = isBytes(body) ? body.subarray(offset, offset + length) : await body.read(offset, length);
    return send('putPart', { upload, number: index + 1, offset, bytes, size });
  });
}

/** Equal parts, as large as they have to be for a service that takes so many of them. */
function partBytesOf(
  { bytesMultiple, bytesMin, countMax }: PartRules,
  size: number,
  partBytes: number,
): number {
  const needed = Math.max(partBytes, bytesMin, Math.ceil(size / countMax));
  return Math.ceil(needed / bytesMultiple) * bytesMultiple;
}

function isGone(error: unknown): boolean {
  return error instanceof LakeError && error.kind === 'missing' && error.code === 'UPLOAD';
}

function conditionOf(onlyIf: PutOptions['onlyIf']): Condition {
  return onlyIf === undefined || onlyIf === 'absent' ? onlyIf : { version: onlyIf.etag };
}

function sizeOf(body: Uint8Array | ByteSource): number {
  return isBytes(body) ? body.length : body.size;
}

async function md5Of(body: Uint8Array | ByteSource, pieceBytes: number): Promise<string> {
  const hash = createHash('md5');
  for await (const piece of piecesOf(body, pieceBytes)) hash.update(piece);
  return hash.digest('hex');
}
