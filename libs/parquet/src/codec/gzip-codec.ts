import { gunzipSync, gzipSync } from 'node:zlib';
import { exactSize } from './exact-size.js';
import type { PageCodec } from './page-codec.js';

/** Reused chunks are cheaper than many small ones; the cap keeps a false `size` from allocating at once. */
const CHUNK_BYTES_MAX = 1 << 20;

/** Gzip of one or more members; the CRC and length of each member are checked. */
export function createGzipCodec(): PageCodec {
  return {
    name: 'gzip',
    compress: (bytes) => gzipSync(bytes, { level: 6 }),
    decompress: (bytes, size) =>
      exactSize('gzip', bytes, size, () =>
        gunzipSync(bytes, {
          maxOutputLength: Math.max(size, 1),
          chunkSize: Math.min(Math.max(size, 64), CHUNK_BYTES_MAX),
        }),
      ),
  };
}
