import type { Arena } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import type { Address } from '@ticklake/kernels';
import type { PageCodecName } from './page-codec.js';

/** What a codec is asked to decode. */
export interface StoredBody {
  readonly codec: PageCodecName;
  readonly stored: Uint8Array;
  readonly size: number;
}

/**
 * Puts what `decode` returns to `to`, and holds it to `size` bytes. What the codec throws becomes the cause; no codec
 * error escapes.
 *
 * A page without values may be stored as no bytes at all, which is not a valid stream of most codecs.
 *
 * @throws LakeError `corrupt` when `decode` fails or returns any other number of bytes.
 */
export function putExactly(arena: Arena, to: Address, body: StoredBody, decode: () => Uint8Array): void {
  if (isNothing(body)) return;
  let decoded: Uint8Array;
  try {
    decoded = decode();
  } catch (cause) {
    throw corruptPage(body, 'the compressed page cannot be decoded', cause);
  }
  if (decoded.length !== body.size) {
    throw corruptPage(body, 'the compressed page has another size than stated');
  }
  arena.put(decoded, to);
}

/** No bytes that stand for no bytes. */
function isNothing({ stored, size }: StoredBody): boolean {
  return size === 0 && stored.length === 0;
}

/** The error for a page body that does not decode to the size it should have. */
export function corruptPage(
  { codec, stored, size }: StoredBody,
  message: string,
  cause?: unknown,
): LakeError {
  return new LakeError('corrupt', message, {
    code: codec === 'snappy' ? 'SNAPPY_CORRUPT' : 'PAGE_CORRUPT',
    details: { codec, size, compressedSize: stored.length },
    cause,
  });
}
