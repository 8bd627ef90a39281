import type { Arena } from '@ticklake/columnar';
import { LakeError, unreachable } from '@ticklake/core';
import type { Address } from '@ticklake/kernels';
import { createBrotliCodec } from './brotli-codec.js';
import { createGzipCodec } from './gzip-codec.js';
import { openLz4RawCodec } from './lz4-raw-codec.js';
import { createPlainCodec } from './plain-codec.js';
import { createSnappyCodec } from './snappy-codec.js';
import { openZstdCodec } from './zstd-codec.js';

/** Page compression that this library reads; a sink writes `none`, `snappy` and `zstd`. */
export type PageCodecName = 'none' | 'snappy' | 'gzip' | 'zstd' | 'lz4raw' | 'brotli';

/** Compresses and decompresses whole page bodies in an arena. Holds no state between pages. */
export interface PageCodec {
  readonly name: PageCodecName;
  /** The most bytes that {@link PageCodec.encode} makes of `size`. */
  bound(size: number): number;
  /** Encodes `size` bytes at `from` to `to`, which has room for {@link PageCodec.bound}; returns how many that took. */
  encode(arena: Arena, from: Address, size: number, to: Address): number;
  /**
   * Decodes `stored` into exactly `size` bytes at `to`, or fails. Never allocates more than a small multiple of `size`,
   * whatever `stored` claims; the caller bounds `size` (G9).
   *
   * @throws LakeError `corrupt` with code `SNAPPY_CORRUPT` (snappy) or `PAGE_CORRUPT` (any other codec)
   * and details `codec`, `size`, `compressedSize`, when `stored` is damaged or holds any other number of bytes.
   */
  decode(arena: Arena, stored: Uint8Array, to: Address, size: number): void;
}

/**
 * The codec called `name`. `none`, `snappy` and `zstd` compress to bytes that depend on the input, the level and
 * this library's version, not on the version of Node.
 *
 * `zstdLevel`, 1 to 22, matters only to `zstd`'s `encode`.
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
      return openLz4RawCodec();
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
