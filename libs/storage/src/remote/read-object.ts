import { isLakeError, LakeError, mapBounded } from '@ticklake/core';
import { createHash } from 'node:crypto';
import type { ObjectMeta, ObjectSource } from '../object-store.js';
import { bufferFor } from '../read-body.js';
import { failureOfReplaced } from './failure-of-status.js';
import type { RemoteObject } from './object-api.js';
import { rangesOf } from './ranges.js';
import type { Requests } from './requests.js';
import { startWaiting } from './retry.js';

/** Which object is read as a whole. */
export interface WholeObject {
  readonly key: string;
  /** Absent: the one that stands there now. */
  readonly version?: string;
  /** Memory for the bytes, used where they fit. */
  readonly into: Uint8Array | undefined;
}

/**
 * A whole object, and of one version. Large ones come in ranges. Bytes that do not have the digest that was written with them are read
 * again, as they may have been damaged on the way.
 *
 * @throws LakeError `corrupt` (`CHECKSUM`) when they are damaged each time.
 */
export async function readWhole(
  requests: Requests,
  whole: WholeObject,
): Promise<{ readonly object: RemoteObject; readonly bytes: Uint8Array }> {
  const waitBefore = startWaiting(requests.patience);
  for (let attempts = 1; ; attempts++) {
    try {
      return await readOnce(requests, whole);
    } catch (error) {
      // Whatever else may work later was tried again request by request.
      const isAnother = isLakeError(error) && (error.code === 'CHECKSUM' || error.code === 'REPLACED');
      if (isAnother && (await waitBefore(attempts, error))) continue;
      if (!isLakeError(error, 'unavailable') || error.code !== 'CHECKSUM') throw error;
      const { details } = error;
      throw new LakeError('corrupt', 'the object is not what was written', { code: 'CHECKSUM', details });
    }
  }
}

/** The version that `object` is, read in ranges. */
export function openRemote(requests: Requests, object: RemoteObject, meta: ObjectMeta): ObjectSource {
  const { key, size, version } = object;
  return {
    meta,
    size,
    async read(offset, length, into) {
      if (offset < 0 || length < 0 || offset + length > size) {
        throw new LakeError('corrupt', 'the range is not inside the object', {
          code: 'TRUNCATED',
          details: { key, offset, length, size },
        });
      }
      if (length === 0) return new Uint8Array();
      if (length === size) return (await readWhole(requests, { key, version, into })).bytes;
      const bytes = bufferFor(length, into);
      await fill(requests, { key, version, bytes, offset });
      return bytes;
    },
  };
}

async function readOnce(requests: Requests, { key, version, into }: WholeObject) {
  const { send, patience } = requests;
  const range = { offset: 0, length: patience.policy.partBytes };
  const first = await unlessEmpty(send('get', { key, range, version, into, isWhole: true }), () =>
    emptyObject(requests, key, version),
  );
  const { object } = first;
  let { bytes } = first;
  if (object.size > bytes.length) {
    const begin = bytes;
    bytes = bufferFor(object.size, into);
    if (begin.buffer !== bytes.buffer) bytes.set(begin);
    const rest = { key, version: object.version, bytes: bytes.subarray(begin.length), offset: begin.length };
    // Which version it was meant to be is for this reader to say, where nobody asked for one.
    await fill(requests, rest).catch((error: unknown) => {
      throw version === undefined && isLakeError(error, 'conflict') ? changedWhileRead(key) : error;
    });
  }
  checkDigest(object, bytes);
  return { object, bytes };
}

/** Reads bytes from `offset` on of a version, in ranges side by side. */
async function fill(
  { send, patience }: Requests,
  {
    key,
    version,
    bytes,
    offset,
  }: {
    readonly key: string;
    readonly version: string;
    readonly bytes: Uint8Array;
    readonly offset: number;
  },
): Promise<void> {
  const { partBytes, partsAtOnceMax } = patience.policy;
  await mapBounded(rangesOf(bytes.length, partBytes), partsAtOnceMax, async (piece) => {
    const range = { offset: offset + piece.offset, length: piece.length };
    const target = bytes.subarray(piece.offset, piece.offset + piece.length);
    const answer = await send('get', { key, version, range, into: target });
    if (answer.bytes.buffer !== target.buffer) target.set(answer.bytes);
  });
}

/** No range can be asked of an object without bytes. */
async function emptyObject({ send }: Requests, key: string, version: string | undefined) {
  const object = await send('head', { key });
  if (object?.size !== 0) throw version === undefined ? changedWhileRead(key) : failureOfReplaced(key);
  if (version !== undefined && object.version !== version) throw failureOfReplaced(key);
  return { object, bytes: new Uint8Array() };
}

async function unlessEmpty<T>(reading: Promise<T>, empty: () => Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (isLakeError(error, 'invalid') && error.code === 'RANGE') return empty();
    throw error;
  }
}

function checkDigest({ key, version, stamp }: RemoteObject, bytes: Uint8Array): void {
  if (stamp.md5 === undefined || createHash('md5').update(bytes).digest('hex') === stamp.md5) return;
  throw new LakeError('unavailable', 'the object arrived damaged', {
    code: 'CHECKSUM',
    details: { key, version },
  });
}

function changedWhileRead(key: string): LakeError {
  return new LakeError('unavailable', 'the object changed while it was read', {
    code: 'REPLACED',
    details: { key },
  });
}
