import { gunzipSync, gzipSync } from 'node:zlib';
import { putExactly } from './exact-size.js';
import type { PageCodec } from './page-codec.js';
import { boundOf, encodeWith } from './outside-codec.js';

/** Reused chunks are cheaper than many small ones; the cap keeps a false `size` from allocating at once. */
const CHUNK_BYTES_MAX = 1 << 20;

/** Gzip of one or more members; the CRC and length of each member are checked. */
export function createGzipCodec(): PageCodec {
  return {
    name: 'gzip',
    bound: boundOf,
    encode: encodeWith((bytes) => gzipSync(bytes, { level: 6 })),
    decode: (arena, stored, to, size) =>
      putExactly(arena, to, { codec: 'gzip', stored, size }, () =>
        gunzipSync(stored, {
          maxOutputLength: Math.max(size, 1),
          chunkSize: Math.min(Math.max(size, 64), CHUNK_BYTES_MAX),
        }),
      ),
  };
}
