import { compress as compressZstd } from '@cloudpss/zstd/wasm';
import { withBlock } from '@ticklake/columnar';
import { snappyUncompress } from 'hyparquet';
import { compressSync as compressLz4 } from 'lz4-napi';
import { brotliCompressSync, constants, gunzipSync, gzipSync } from 'node:zlib';
import { ARENA } from './fuzz-arena.js';

/** Codecs that pages are stored in again. */
export type PageCodecName = 'none' | 'snappy' | 'gzip' | 'brotli' | 'zstd' | 'lz4raw';

/** How a codec compresses, and the number that the format gives it. */
export interface PageCompressor {
  readonly number: number;
  compress(bytes: Uint8Array): Uint8Array;
}

/** lz4-napi puts a block's size in front of it. */
const LZ4_PREFIX_BYTES = 4;

/** Every codec by its name. */
export const PAGE_COMPRESSORS: Readonly<Record<PageCodecName, PageCompressor>> = {
  none: { number: 0, compress: (bytes) => bytes },
  snappy: { number: 1, compress: compressSnappy },
  gzip: { number: 2, compress: (bytes) => gzipSync(bytes, { level: 6 }) },
  brotli: {
    number: 4,
    compress: (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  },
  zstd: { number: 6, compress: (bytes) => compressZstd(bytes, 3) },
  lz4raw: {
    number: 7,
    compress: (bytes) => compressLz4(Buffer.from(bytes)).subarray(LZ4_PREFIX_BYTES),
  },
};

/** What is stored in a codec of that number, `size` bytes. For good pages; @throws Error for codecs that no recipe takes apart. */
export function decompressPage(number: number | undefined, stored: Uint8Array, size: number): Uint8Array {
  switch (number) {
    case PAGE_COMPRESSORS.none.number:
      return stored;
    case PAGE_COMPRESSORS.snappy.number: {
      const bytes = new Uint8Array(size);
      snappyUncompress(stored, bytes);
      return bytes;
    }
    case PAGE_COMPRESSORS.gzip.number:
      return gunzipSync(stored);
    default:
      throw new Error(`pages of codec ${number} are not taken apart`);
  }
}

function compressSnappy(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  const tableBytes = 32 * 1024;
  return withBlock(ARENA, length, (from) =>
    withBlock(ARENA, 2 * length + 64, (to) =>
      withBlock(ARENA, tableBytes, (table) => {
        ARENA.put(bytes, from);
        const size = ARENA.kernels.snappyEncode(from, length, to, table);
        return ARENA.bytes.slice(to, to + size);
      }),
    ),
  );
}
