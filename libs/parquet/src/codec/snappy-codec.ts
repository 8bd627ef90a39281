import { withBlock } from '@ticklake/columnar';
import type { Address } from '@ticklake/kernels';
import { corruptPage, isNothing } from './exact-size.js';
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
      const body = { codec: 'snappy', stored, size } as const;
      if (isNothing(body)) return;
      const decode = (source: Address) => arena.kernels.snappyDecode(source, stored.length, to, size) === 0;
      const at = arena.addressOf(stored);
      const isWhole =
        at !== undefined
          ? decode(at)
          : withBlock(arena, stored.length, (source) => {
              arena.put(stored, source);
              return decode(source);
            });
      if (!isWhole)
        throw corruptPage(body, 'the snappy block does not decode to the size in the page header');
    },
  };
}
