import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { exactSize } from './exact-size.js';
import type { PageCodec } from './page-codec.js';

const CHUNK_BYTES_MAX = 1 << 20;

/** Brotli streams. They carry no checksum: only a page's CRC tells a changed bit from data. */
export function createBrotliCodec(): PageCodec {
  return {
    name: 'brotli',
    compress: (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
    decompress: (bytes, size) =>
      exactSize('brotli', bytes, size, () =>
        brotliDecompressSync(bytes, {
          maxOutputLength: Math.max(size, 1),
          chunkSize: Math.min(Math.max(size, 64), CHUNK_BYTES_MAX),
        }),
      ),
  };
}
