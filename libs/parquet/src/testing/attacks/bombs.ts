import { once } from 'node:events';
import { constants, createBrotliCompress, deflateRawSync, gzipSync } from 'node:zlib';
import { bytes } from './parts.js';

const MIB = 2 ** 20;

/** A frame without a content size: magic, descriptor, and a window of 2 MiB. */
const ZSTD_HEAD = bytes(0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58);
const ZSTD_BLOCK_MAX = 128 * 1024;
const ZSTD_RAW = 0;
const ZSTD_RLE = 1;

/** A zstd frame of `size` zeros, in blocks of one repeated byte. */
export function zstdBomb(size: number): Uint8Array {
  const count = size / ZSTD_BLOCK_MAX;
  const blocks = Array.from({ length: count }, (_, i) =>
    bytes(zstdBlock({ isLast: i === count - 1, kind: ZSTD_RLE, size: ZSTD_BLOCK_MAX }), 0),
  );
  return bytes(ZSTD_HEAD, ...blocks);
}

/** `content` as it is, in a zstd frame. */
export function zstdFrame(content: Uint8Array): Uint8Array {
  const block = zstdBlock({ isLast: true, kind: ZSTD_RAW, size: content.length });
  return bytes(ZSTD_HEAD, block, content);
}

function zstdBlock({ isLast, kind, size }: { isLast: boolean; kind: number; size: number }): number[] {
  const head = size * 8 + kind * 2 + (isLast ? 1 : 0);
  return [head & 255, (head >> 8) & 255, (head >> 16) & 255];
}

/** A gzip stream of `size` zeros: one flushed mebibyte, again and again. Its checksum is wrong; nobody should get there. */
export function gzipBomb(size: number): Uint8Array {
  const unit = deflateRawSync(Buffer.alloc(MIB), { level: 9, finishFlush: constants.Z_FULL_FLUSH });
  const head = bytes(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3);
  const units = Array.from({ length: size / MIB }, () => unit);
  return bytes(head, ...units, 3, 0, Buffer.alloc(8));
}

/** So many gzip members of nothing. */
export function gzipMembers(count: number): Uint8Array {
  const member = gzipSync(Buffer.alloc(0));
  return bytes(...Array.from({ length: count }, () => member));
}

/** A brotli stream of `size` zeros. */
export async function brotliBomb(size: number): Promise<Uint8Array> {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 3, [constants.BROTLI_PARAM_LGWIN]: 24 };
  const stream = createBrotliCompress({ params });
  const pieces: Buffer[] = [];
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  const zeros = Buffer.alloc(16 * MIB);
  for (let done = 0; done < size; done += zeros.length) {
    if (!stream.write(zeros)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'end');
  return bytes(...pieces);
}

/** An LZ4 block of one literal and a match whose length takes `lengthBytes` bytes to say, 255 for each. */
export function lz4Bomb(lengthBytes: number): Uint8Array {
  const offset = [1, 0];
  return bytes(0x1f, 0, offset, Buffer.alloc(lengthBytes, 255), 0, 0x50, [1, 2, 3, 4, 5]);
}
