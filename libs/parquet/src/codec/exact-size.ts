import { LakeError } from '@ticklake/core';
import type { PageCodecName } from './page-codec.js';

const EMPTY = new Uint8Array(0);

/**
 * Runs `decode` and holds it to `size` bytes. What the codec throws becomes the cause; no codec error escapes.
 *
 * A page without values may be stored as no bytes at all, which is not a valid stream of most codecs.
 *
 * @throws LakeError `corrupt` when `decode` fails or returns any other number of bytes.
 */
export function exactSize(
  codec: PageCodecName,
  bytes: Uint8Array,
  size: number,
  decode: () => Uint8Array,
): Uint8Array {
  if (size === 0 && bytes.length === 0) return EMPTY;
  let decoded: Uint8Array;
  try {
    decoded = decode();
  } catch (cause) {
    throw corruptPage({ codec, bytes, size, message: 'the compressed page cannot be decoded', cause });
  }
  if (decoded.length !== size) {
    throw corruptPage({ codec, bytes, size, message: 'the compressed page has another size than stated' });
  }
  // A Buffer's slice() is a view where a Uint8Array's is a copy, so no Buffer leaves here.
  return Buffer.isBuffer(decoded)
    ? new Uint8Array(decoded.buffer, decoded.byteOffset, decoded.length)
    : decoded;
}

/** The error for a page body of `codec` that does not decode to `size` bytes. */
export function corruptPage(problem: {
  readonly codec: PageCodecName;
  readonly bytes: Uint8Array;
  readonly size: number;
  readonly message: string;
  readonly cause?: unknown;
}): LakeError {
  const { codec, bytes, size, message, cause } = problem;
  return new LakeError('corrupt', message, {
    code: codec === 'snappy' ? 'SNAPPY_CORRUPT' : 'PAGE_CORRUPT',
    details: { codec, size, compressedSize: bytes.length },
    cause,
  });
}
