import { corruptPage, putExactly } from './exact-size.js';
import { boundOf, encodeWith } from './outside-codec.js';
import type { PageCodec } from './page-codec.js';

/** The native binding frames a block with its size, four bytes little-endian; parquet's LZ4_RAW has no frame. */
const PREFIX_BYTES = 4;

/**
 * Bare LZ4 blocks. Every sequence is measured before decoding, so the block cannot outgrow `size`. The binding is loaded when it is
 * needed: that takes 30 ms and 9 MiB.
 */
export async function openLz4RawCodec(): Promise<PageCodec> {
  const { compressSync, uncompressSync } = await import('lz4-napi');
  return {
    name: 'lz4raw',
    bound: boundOf,
    encode: encodeWith((bytes) => compressSync(Buffer.from(bytes)).subarray(PREFIX_BYTES)),
    decode(arena, stored, to, size) {
      const body = { codec: 'lz4raw', stored, size } as const;
      if (stored.length > 0 && blockSize(stored, size) !== size) {
        throw corruptPage(body, 'the lz4 block has another size than stated');
      }
      putExactly(arena, to, body, () => {
        const framed = Buffer.allocUnsafe(PREFIX_BYTES + stored.length);
        framed.writeUInt32LE(size, 0);
        framed.set(stored, PREFIX_BYTES);
        return uncompressSync(framed);
      });
    },
  };
}

/** How many bytes the block decodes to; `undefined` when it is malformed or the count passes `sizeMax`. */
function blockSize(bytes: Uint8Array, sizeMax: number): number | undefined {
  let at = 0;
  let size = 0;
  while (at < bytes.length) {
    const token = bytes[at++] as number;
    const literals = readLength(bytes, at, token >> 4);
    at = literals.end + literals.length;
    size += literals.length;
    if (at > bytes.length || size > sizeMax) return undefined;
    // A block ends after literals, without a match.
    if (at === bytes.length) return (token & 15) === 0 ? size : undefined;
    if (at + 2 > bytes.length) return undefined;
    const offset = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
    if (offset === 0 || offset > size) return undefined;
    const match = readLength(bytes, at + 2, token & 15);
    at = match.end;
    size += match.length + 4;
    if (size > sizeMax) return undefined;
  }
  return undefined;
}

/** A length of four bits, continued by bytes of 255 when it is 15. A cut-off one ends past the block. */
function readLength(bytes: Uint8Array, start: number, nibble: number): { end: number; length: number } {
  if (nibble < 15) return { end: start, length: nibble };
  let end = start;
  let length = 15;
  for (;;) {
    const byte = bytes[end++];
    if (byte === undefined) return { end: bytes.length + 1, length };
    length += byte;
    if (byte < 255) return { end, length };
  }
}
