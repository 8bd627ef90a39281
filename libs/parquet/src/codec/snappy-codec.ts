import { compressSync, uncompressSync } from 'snappy';
import { corruptPage, exactSize } from './exact-size.js';
import type { PageCodec } from './page-codec.js';

/** Three bytes of snappy can stand for at most 64 bytes of output (a copy with a two-byte offset). */
const EXPANSION_MAX = 64 / 3;

/** Without this the results live outside the heap and are freed only when the event loop turns. */
const COPIED = { copyOutputData: true };

/** Raw snappy blocks. The size in the preamble is compared before anything is allocated. */
export function createSnappyCodec(): PageCodec {
  return {
    name: 'snappy',
    compress(bytes) {
      const packed = compressSync(bytes, COPIED);
      return new Uint8Array(packed.buffer, packed.byteOffset, packed.length);
    },
    decompress(bytes, size) {
      if (bytes.length > 0 && (statedSize(bytes) !== size || size > bytes.length * EXPANSION_MAX)) {
        throw corruptPage({
          codec: 'snappy',
          bytes,
          size,
          message: 'the snappy preamble contradicts the page header',
        });
      }
      return exactSize('snappy', bytes, size, () => uncompressSync(bytes, COPIED) as Buffer);
    },
  };
}

/** The varint that opens a snappy block; `undefined` when it is cut off or longer than 32 bits allow. */
function statedSize(bytes: Uint8Array): number | undefined {
  let size = 0;
  for (let i = 0; i < 5; i++) {
    const byte = bytes[i];
    if (byte === undefined) return undefined;
    size += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return size;
  }
  return undefined;
}
