import { ENCODING, PHYSICAL } from '../../format/constants.js';
import { attacksOf } from './attack.js';
import { bytes, oneOf, page, required, texts, varint } from './parts.js';

/** Block size and miniblocks, as every writer has them. */
const HEAD = [...varint(128), 4];

/** Deltas that ask for more than they are. */
export const DELTA_ATTACKS = attacksOf([
  ['100 million deltas of width 0, 64 bits', 'PAGE_CORRUPT', () => required({ pages: [zeroWidth(1e8)] })],
  [
    '100 million deltas of width 0, 32 bits',
    'PAGE_CORRUPT',
    () => oneOf({ physical: PHYSICAL.INT32 }, { pages: [zeroWidth(1e8)] }),
  ],
  [
    '100 million rows of deltas of width 0',
    'LIMIT',
    () => required({ pages: [{ ...zeroWidth(1e8), valueCount: 1e8 }] }, 1e8),
  ],
  [
    '2 million deltas of width 0 in one block, which is no attack',
    'valid',
    () => {
      const body = bytes(varint(2 ** 21), 1, varint(2e6), 0, 0, 0);
      return required(
        { pages: [page(body, { encoding: ENCODING.DELTA_BINARY_PACKED, valueCount: 2e6 })] },
        2e6,
      );
    },
  ],
  [
    '100 million texts of no length',
    'PAGE_CORRUPT',
    () =>
      texts({ pages: [page(bytes(HEAD, varint(1e8), 0), { encoding: ENCODING.DELTA_LENGTH_BYTE_ARRAY })] }),
  ],
  [
    'a delta block of no miniblocks',
    'PAGE_CORRUPT',
    () =>
      required({ pages: [page(bytes(varint(128), 0, 10, 0), { encoding: ENCODING.DELTA_BINARY_PACKED })] }),
  ],
  ['text that repeats itself to 1.8 gigabytes', 'LIMIT', () => growing(60_000)],
  [
    'a text that repeats more than stands before it',
    'PAGE_CORRUPT',
    () =>
      texts(
        {
          pages: [
            page(bytes(deltas(2, 9, 0), deltas(2, 1, 0), 65, 66), {
              encoding: ENCODING.DELTA_BYTE_ARRAY,
              valueCount: 2,
            }),
          ],
        },
        2,
      ),
  ],
]);

function zeroWidth(count: number) {
  return page(bytes(HEAD, varint(count), 0), { encoding: ENCODING.DELTA_BINARY_PACKED });
}

/** `count` numbers from `first` in steps of `step`: deltas of one size, so of width 0. */
function deltas(count: number, first: number, step: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil((count - 1) / 128) }, () => bytes(step * 2, 0, 0, 0, 0));
  return bytes(HEAD, varint(count), first * 2, ...blocks);
}

/** Every value is the one before and a byte more, so 60,000 bytes ask for 1.8 GB. */
function growing(count: number): Uint8Array {
  const body = bytes(deltas(count, 0, 1), deltas(count, 1, 0), Buffer.alloc(count));
  return texts({ pages: [page(body, { encoding: ENCODING.DELTA_BYTE_ARRAY, valueCount: count })] }, count);
}
