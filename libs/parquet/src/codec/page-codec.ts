import { LakeError, unreachable } from '@ticklake/core';
import { createBrotliCodec } from './brotli-codec.js';
import { createGzipCodec } from './gzip-codec.js';
import { createLz4RawCodec } from './lz4-raw-codec.js';
import { createPlainCodec } from './plain-codec.js';
import { createSnappyCodec } from './snappy-codec.js';
import { openZstdCodec } from './zstd-codec.js';

/** Page compression that this library reads; a sink writes `none`, `snappy` and `zstd`. */
export type PageCodecName = 'none' | 'snappy' | 'gzip' | 'zstd' | 'lz4raw' | 'brotli';

/** Compresses and decompresses whole page bodies. Safe to use for any number of pages, one at a time. */
export interface PageCodec {
  readonly name: PageCodecName;
  /** A new array, or `bytes` itself where the codec is `none`. */
  compress(bytes: Uint8Array): Uint8Array;
  /**
   * Exactly `size` bytes, or an error. Never allocates more than a small multiple of `size`,
   * whatever `bytes` claims; the caller bounds `size` (G9).
   *
   * @throws LakeError `corrupt` with code `SNAPPY_CORRUPT` (snappy) or `PAGE_CORRUPT` (any other codec)
   * and details `codec`, `size`, `compressedSize`, when `bytes` is damaged or holds any other number of bytes.
   */
  decompress(bytes: Uint8Array, size: number): Uint8Array;
}

/**
 * The codec called `name`. `none`, `snappy` and `zstd` compress to bytes that depend on the input, the level and
 * the pinned codec package, not on the version of Node.
 *
 * `zstdLevel`, 1 to 22, matters only to `zstd`'s `compress`.
 *
 * @throws LakeError `invalid` when `zstdLevel` is not a level of zstd.
 */
export async function openPageCodec(
  name: PageCodecName,
  { zstdLevel }: { readonly zstdLevel: number },
): Promise<PageCodec> {
  switch (name) {
    case 'none':
      return createPlainCodec();
    case 'snappy':
      return createSnappyCodec();
    case 'gzip':
      return createGzipCodec();
    case 'brotli':
      return createBrotliCodec();
    case 'lz4raw':
      return createLz4RawCodec();
    case 'zstd':
      if (!Number.isInteger(zstdLevel) || zstdLevel < 1 || zstdLevel > 22) {
        throw new LakeError('invalid', 'the zstd level must be a whole number from 1 to 22', {
          details: { zstdLevel },
        });
      }
      return openZstdCodec(zstdLevel);
    default:
      return unreachable(name);
  }
}
