import { withBlock, type Arena } from '@ticklake/columnar';
import type { Address } from '@ticklake/kernels';
import { corruptPage } from './exact-size.js';
import type { PageCodec } from './page-codec.js';

const TABLE_BYTES = 32 * 1024;

/** Raw snappy blocks, by the kernels. */
export function createSnappyCodec(): PageCodec {
  return {
    name: 'snappy',
    bound: (size) => 32 + size + Math.floor(size / 6),
    encode: (arena, from, size, to) =>
      withBlock(arena, TABLE_BYTES, (table) => arena.kernels.snappyEncode(from, size, to, table)),
    decode(arena, stored, to, size) {
      if (size === 0 && stored.length === 0) return;
      const at = arena.addressOf(stored);
      const problem =
        at === undefined
          ? decodeCopy(arena, stored, to, size)
          : arena.kernels.snappyDecode(at, stored.length, to, size);
      if (problem === 0) return;
      const body = { codec: 'snappy', stored, size } as const;
      throw corruptPage(body, 'the snappy block does not decode to the size in the page header');
    },
  };
}

/** Of bytes that do not stand in the arena. */
function decodeCopy(arena: Arena, stored: Uint8Array, to: Address, size: number): number {
  return withBlock(arena, stored.length, (source) => {
    arena.put(stored, source);
    return arena.kernels.snappyDecode(source, stored.length, to, size);
  });
}
