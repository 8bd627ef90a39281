import { CODEC_NAMES } from '../../format/constants.js';
import type { HostilePage } from '../hostile-file.js';
import { attacksOf } from './attack.js';
import { brotliBomb, gzipBomb, gzipMembers, lz4Bomb, zstdBomb, zstdFrame } from './bombs.js';
import { bytes, longs, page, pageV2, required, RUN_OF_TEN, TEN, varint } from './parts.js';
import { brotliCompressSync, gzipSync } from 'node:zlib';

/** Compressed pages that hold another number of bytes than the 80 that their header says. */
export const CODEC_ATTACKS = attacksOf([
  ['zstd: 2 GiB for 80 bytes, v1', 'PAGE_CORRUPT', () => packed('ZSTD', v1(zstdBomb(2 ** 31)))],
  ['zstd: 2 GiB for 80 bytes, v2', 'PAGE_CORRUPT', () => packed('ZSTD', v2(zstdBomb(2 ** 31)))],
  ['zstd: 40 bytes for 80', 'PAGE_CORRUPT', () => packed('ZSTD', v1(zstdFrame(TEN.subarray(0, 40))))],
  ['gzip: 1 GiB for 80 bytes, v1', 'PAGE_CORRUPT', () => packed('GZIP', v1(gzipBomb(2 ** 30)))],
  ['gzip: 1 GiB for 80 bytes, v2', 'PAGE_CORRUPT', () => packed('GZIP', v2(gzipBomb(2 ** 30)))],
  [
    'gzip: 1 GiB for a dictionary of 16 bytes',
    'PAGE_CORRUPT',
    () => {
      const dictionary = { type: 'dictionary', valueCount: 2, uncompressed: 16 } as const;
      const codes = gzipSync(bytes(1, RUN_OF_TEN, 0));
      const data = page(codes, { encoding: 8, uncompressed: 3 });
      return packed('GZIP', page(gzipBomb(2 ** 30), dictionary), data);
    },
  ],
  ['gzip: 40 bytes for 80', 'PAGE_CORRUPT', () => packed('GZIP', v1(gzipSync(TEN.subarray(0, 40))))],
  [
    'gzip: a wrong checksum of its own',
    'PAGE_CORRUPT',
    () => packed('GZIP', v1(withByteFlipped(gzipSync(TEN), -8))),
  ],
  [
    'gzip: a wrong length of its own',
    'PAGE_CORRUPT',
    () => packed('GZIP', v1(withByteFlipped(gzipSync(TEN), -4))),
  ],
  ['gzip: 40,000 empty members', 'PAGE_CORRUPT', () => packed('GZIP', v1(gzipMembers(40_000)))],
  [
    'brotli: 1 GiB for 80 bytes, v1',
    'PAGE_CORRUPT',
    async () => packed('BROTLI', v1(await brotliBomb(2 ** 30))),
  ],
  [
    'brotli: 256 MiB for 80 bytes, v2',
    'PAGE_CORRUPT',
    async () => packed('BROTLI', v2(await brotliBomb(2 ** 28))),
  ],
  [
    'brotli: 40 bytes for 80',
    'PAGE_CORRUPT',
    () => packed('BROTLI', v1(brotliCompressSync(TEN.subarray(0, 40)))),
  ],
  [
    'brotli: a page that expands a million times',
    'LIMIT',
    () => packed('BROTLI', page(bytes(1, 2), { uncompressed: 2e6 })),
  ],
  ['lz4: a match of 2 GB for 80 bytes', 'PAGE_CORRUPT', () => packed('LZ4_RAW', v1(lz4Bomb(8_000_000)))],
  [
    'lz4: a match before the start',
    'PAGE_CORRUPT',
    () => packed('LZ4_RAW', v1(bytes(0x1f, 0, 9, 0, 60, 0x00))),
  ],
  [
    'snappy: a preamble of 8 for 80 bytes, v1',
    'SNAPPY_CORRUPT',
    () => packed('SNAPPY', v1(bytes(8, 28, longs(1)))),
  ],
  [
    'snappy: a preamble of 8 for 80 bytes, v2',
    'SNAPPY_CORRUPT',
    () => packed('SNAPPY', v2(bytes(8, 28, longs(1)))),
  ],
  [
    'snappy: a preamble of 4 GiB for 80 bytes',
    'SNAPPY_CORRUPT',
    () => packed('SNAPPY', v1(bytes(varint(2 ** 32 - 1), 28, longs(1)))),
  ],
  [
    'snappy: a preamble of 80 and 8 bytes',
    'SNAPPY_CORRUPT',
    () => packed('SNAPPY', v1(bytes(80, 28, longs(1)))),
  ],
  ['the codec of three framings', 'UNSUPPORTED', () => packed('LZ4', page(TEN))],
  ['an unknown codec', 'METADATA', () => required({ codec: 99, pages: [page(TEN)] })],
]);

function packed(codec: (typeof CODEC_NAMES)[number], ...pages: HostilePage[]): Uint8Array {
  return required({ codec: CODEC_NAMES.indexOf(codec), pages });
}

function v1(body: Uint8Array): HostilePage {
  return page(body, { uncompressed: TEN.length });
}

function v2(values: Uint8Array): HostilePage {
  return pageV2({ values }, { uncompressed: TEN.length });
}

/** A bit of the byte so far from the end is another one. */
function withByteFlipped(stream: Uint8Array, at: number): Uint8Array {
  const flipped = Uint8Array.from(stream);
  const index = flipped.length + at;
  flipped[index] = (flipped[index] ?? 0) ^ 1;
  return flipped;
}
