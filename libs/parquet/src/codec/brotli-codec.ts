import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { putExactly } from './exact-size.js';
import { boundOf, encodeWith } from './outside-codec.js';
import type { PageCodec } from './page-codec.js';

const CHUNK_BYTES_MAX = 1 << 20;

/** Brotli streams. They carry no checksum: only a page's CRC tells a changed bit from data. */
export function createBrotliCodec(): PageCodec {
  return {
    name: 'brotli',
    bound: boundOf,
    encode: encodeWith((bytes) =>
      brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
    ),
    decode: (arena, stored, to, size) =>
      putExactly(arena, to, { codec: 'brotli', stored, size }, () =>
        brotliDecompressSync(stored, {
          maxOutputLength: Math.max(size, 1),
          chunkSize: Math.min(Math.max(size, 64), CHUNK_BYTES_MAX),
        }),
      ),
  };
}
