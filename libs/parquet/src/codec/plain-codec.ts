import { putExactly } from './exact-size.js';
import type { PageCodec } from './page-codec.js';

/** Bytes as they are. */
export function createPlainCodec(): PageCodec {
  return {
    name: 'none',
    bound: (size) => size,
    encode(arena, from, size, to) {
      arena.move(from, to, size);
      return size;
    },
    decode: (arena, stored, to, size) => putExactly(arena, to, { codec: 'none', stored, size }, () => stored),
  };
}
