import { CONVERTED, ENCODING, PHYSICAL } from '../../format/constants.js';
import { crc32 } from 'node:zlib';
import { attacksOf } from './attack.js';
import {
  among,
  bytes,
  DICTIONARY,
  coded,
  longs,
  oneOf,
  page,
  pageV2,
  required,
  RUN_OF_TEN,
  TEN,
  texts,
  u32,
} from './parts.js';

const GOOD = page(TEN);
/** Says seven values and has seven. */
const SEVEN = page(TEN.subarray(0, 56), { valueCount: 7 });
/** Says ten values and has seven. */
const SHORT = page(TEN.subarray(0, 56));
const WRONG_CRC = (crc32(TEN) ^ 1) | 0;

/** Pages that hold more or less than they or their row group say, or something else. */
export const PAGE_ATTACKS = attacksOf([
  ['7 values of 10, v1', 'PAGE_CORRUPT', () => required({ pages: [SEVEN] })],
  [
    '7 values of 10, v2',
    'PAGE_CORRUPT',
    () => required({ pages: [pageV2({ values: SEVEN.body }, { valueCount: 7, rows: 7 })] }),
  ],
  ['7 values that say 10, first page', 'PAGE_CORRUPT', () => required({ pages: among(0, SHORT, GOOD) }, 30)],
  ['7 values that say 10, middle page', 'PAGE_CORRUPT', () => required({ pages: among(1, SHORT, GOOD) }, 30)],
  ['7 values that say 10, last page', 'PAGE_CORRUPT', () => required({ pages: among(2, SHORT, GOOD) }, 30)],
  ['10 values where the group says 5, v1', 'PAGE_CORRUPT', () => required({ pages: [GOOD] }, 5)],
  [
    '10 values where the group says 5, v2',
    'PAGE_CORRUPT',
    () => required({ pages: [pageV2({ values: TEN })] }, 5),
  ],
  ['a page too many', 'PAGE_CORRUPT', () => required({ pages: [GOOD, GOOD] })],
  [
    '30 million values in a page of a 10-row group',
    'PAGE_CORRUPT',
    () => required({ pages: [page(TEN, { valueCount: 30_000_000 })] }),
  ],
  ['a page of -1 values', 'PAGE_CORRUPT', () => required({ pages: [page(TEN, { valueCount: -1 })] })],
  ['a page beyond its chunk', 'PAGE_CORRUPT', () => required({ pages: [page(TEN, { compressed: 90 })] })],
  ['a page of negative size', 'PAGE_CORRUPT', () => required({ pages: [page(TEN, { compressed: -80 })] })],
  ['a page of 2 GiB', 'LIMIT', () => required({ pages: [page(TEN, { uncompressed: 2 ** 31 - 1 })] })],
  ['an index page', 'UNSUPPORTED', () => required({ pages: [page(TEN, { type: 'index' })] })],
  ['a decimal beyond its digits', 'PAGE_CORRUPT', () => decimals(longs(0, 1, 2, 3, 4, 5, 6, 7, 8, 128))],
  ['a decimal below its digits', 'PAGE_CORRUPT', () => decimals(longs(0, 1, 2, 3, 4, 5, 6, 7, 8, -129))],
  [
    'decimals in more bytes than they need, which is no attack',
    'valid',
    () => decimals(longs(0, 1, 2, 3, 4, 5, 6, 7, 127, -128)),
  ],
  ['an unknown encoding', 'UNSUPPORTED', () => required({ pages: [page(TEN, { encoding: 77 })] })],
  [
    'an encoding of the same size that the chunk does not list',
    'PAGE_CORRUPT',
    () => {
      const split = page(TEN, { encoding: ENCODING.BYTE_STREAM_SPLIT, crc: crc32(TEN) | 0 });
      return required({ pages: [split], encodings: [ENCODING.PLAIN, ENCODING.RLE] });
    },
  ],
  [
    'a size of 4 GiB and 80 bytes, which is 80 in 32 bits',
    'THRIFT_ERROR',
    () => required({ pages: [page(TEN, { uncompressed: 2 ** 32 + 80 })] }),
  ],
  ['a wrong checksum, v1', 'CRC_MISMATCH', () => required({ pages: [page(TEN, { crc: WRONG_CRC })] })],
  [
    'a wrong checksum, v2',
    'CRC_MISMATCH',
    () => required({ pages: [pageV2({ values: TEN }, { crc: WRONG_CRC })] }),
  ],
  [
    'a wrong checksum, dictionary',
    'CRC_MISMATCH',
    () => required({ pages: [{ ...DICTIONARY, crc: 7 }, coded(1, RUN_OF_TEN, 0)] }),
  ],
  [
    'a text beyond its page',
    'PAGE_CORRUPT',
    () => texts({ pages: [page(bytes(u32(2 ** 31), Buffer.alloc(60)))] }),
  ],
  ['text that is not utf-8', 'PAGE_CORRUPT', () => utf8({ values: [bytes(0xff)] })],
  ['a character cut in two', 'PAGE_CORRUPT', () => utf8({ values: [bytes(0xc3), bytes(0xa9)] })],
  [
    'values outside the statistics',
    'STATS_MISMATCH',
    () => required({ pages: [GOOD], statistics: { min: longs(1), max: longs(9) } }),
  ],
  [
    'an exact maximum nobody has',
    'STATS_MISMATCH',
    () => required({ pages: [GOOD], statistics: { min: longs(0), max: longs(10), exact: true } }),
  ],
  [
    'nulls the statistics do not know',
    'STATS_MISMATCH',
    () => required({ pages: [GOOD], statistics: { nulls: 1 } }),
  ],
]);

/** Of two digits each, in 64 bits. */
function decimals(values: Uint8Array): Uint8Array {
  return oneOf({ converted: CONVERTED.DECIMAL, precision: 2 }, { pages: [page(values)] });
}

function utf8({ values }: { values: readonly Uint8Array[] }): Uint8Array {
  const body = bytes(...values.flatMap((value) => [u32(value.length), value]));
  const element = { physical: PHYSICAL.BYTE_ARRAY, converted: CONVERTED.UTF8 };
  return oneOf(element, { pages: [page(body, { valueCount: values.length })] }, values.length);
}
