import { isLakeError, LakeError, mapBounded, type ByteSource } from '@ticklake/core';
import { createHash, randomUUID } from 'node:crypto';
import type { PutOptions } from '../object-store.js';
import { isBytes } from '../read-body.js';
import type {
  ByteRange,
  Condition,
  PartOfBody,
  PartRules,
  RemoteObject,
  Stamp,
  Upload,
  UploadedPart,
  Written,
} from './object-api.js';
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
  const onlyIf = conditionOf(put.onlyIf);
  const opId = randomUUID();
  if (sizeOf(body) > requests.patience.policy.partBytes) {
    return putInParts(requests, { key, body, contentType, onlyIf, opId });
  }
  const bytes = isBytes(body) ? body : await body.read(0, body.size);
  const stamp: Stamp = { opId, md5: createHash('md5').update(bytes).digest('hex') };
  const whole = { key, onlyIf, contentType, stamp };
  return settlePut(requests, { ...whole, size: bytes.length }, () =>
    requests.sendOnce('put', { ...whole, bytes }),
  );
}

interface LargePut {
  readonly key: string;
  readonly body: Uint8Array | ByteSource;
  readonly contentType: string | undefined;
  readonly onlyIf: Condition;
  readonly opId: string;
}

/** A failure before anything could land. It is what it is, and no unclear answer to a write. */
class NothingSent extends Error {
  constructor(readonly reason: unknown) {
    super('nothing was sent', { cause: reason });
  }
}

async function putInParts(requests: Requests, put: LargePut): Promise<RemoteObject> {
  const { api, patience } = requests;
  const size = sizeOf(put.body);
  const ranges = rangesOf(size, partBytesOf(api.parts, size, patience.policy.partBytes));
  const { md5, parts } = await digestsOf(put.body, ranges);
  const write: Write & LargePut = { ...put, size, stamp: { opId: put.opId, md5 } };
  const upload = createUpload(requests, write, parts);
  try {
    return await settlePut(requests, write, () => upload.finish());
  } catch (error) {
    await upload.abandon();
    throw error instanceof NothingSent ? error.reason : error;
  }
}

function createUpload(requests: Requests, write: Write & LargePut, parts: readonly PartOfBody[]) {
  const { api, send, sendOnce, patience } = requests;
  const { body, size, onlyIf } = write;
  const last = api.parts.lastCommits ? parts.at(-1) : undefined;
  const early = last === undefined ? parts : parts.slice(0, -1);
  let begun: Upload | undefined;
  let uploaded: readonly UploadedPart[] | undefined;

  const abandon = async () => {
    // What could not be abandoned stays until the bucket's own rule removes it; the failure that led here is the one to tell.
    if (begun !== undefined) await send('abandonUpload', { upload: begun }).catch(() => undefined);
    begun = undefined;
  };
  const sendParts = async (): Promise<void> => {
    await abandon();
    const upload = (begun = await send('beginUpload', write));
    uploaded = await mapBounded(
      early,
      api.parts.isParallel ? patience.policy.partsAtOnceMax : 1,
      async (part) => send('putPart', { upload, part, bytes: await bytesOf(body, part), size }),
    );
  };
  const finish = async (): Promise<Written> => {
    try {
      if (begun === undefined || uploaded === undefined) await sendParts().catch(unlessDecided);
      const bytes = last === undefined ? undefined : await bytesOf(body, last);
      const ending = last === undefined || bytes === undefined ? undefined : { part: last, bytes };
      const ended = { upload: begun as Upload, parts: uploaded ?? [], last: ending, size, onlyIf };
      return await sendOnce('finishUpload', ended);
    } catch (error) {
      if (!isGone(error)) throw error;
      // It ended some other way: as an object, which is found out now, or it has to begin again.
      uploaded = undefined;
      const details = { key: write.key };
      throw new LakeError('unavailable', 'the upload is gone', { code: 'UPLOAD', details });
    }
  };
  return { finish, abandon };
}

/** Parts decide nothing: what fails with one is over, unless it is gone, or the service says already that a condition does not hold. */
function unlessDecided(error: unknown): never {
  throw isGone(error) || isLakeError(error, 'conflict') || error instanceof NothingSent
    ? error
    : new NothingSent(error);
}

async function bytesOf(body: Uint8Array | ByteSource, { offset, length }: ByteRange): Promise<Uint8Array> {
  if (isBytes(body)) return body.subarray(offset, offset + length);
  try {
    return await body.read(offset, length);
  } catch (error) {
    throw new NothingSent(error);
  }
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

/** Parts are read again when they go up, and have to be what they were then. */
async function digestsOf(body: Uint8Array | ByteSource, ranges: readonly ByteRange[]) {
  const whole = createHash('md5');
  const parts: PartOfBody[] = [];
  for (const range of ranges) {
    const { offset, length } = range;
    const bytes = isBytes(body) ? body.subarray(offset, offset + length) : await body.read(offset, length);
    whole.update(bytes);
    const md5 = createHash('md5').update(bytes).digest('hex');
    parts.push({ ...range, number: parts.length + 1, md5 });
  }
  return { md5: whole.digest('hex'), parts };
}

function isGone(error: unknown): boolean {
  return isLakeError(error, 'missing') && error.code === 'UPLOAD';
}

function conditionOf(onlyIf: PutOptions['onlyIf']): Condition {
  return onlyIf === undefined || onlyIf === 'absent' ? onlyIf : { version: onlyIf.etag };
}

function sizeOf(body: Uint8Array | ByteSource): number {
  return isBytes(body) ? body.length : body.size;
}
