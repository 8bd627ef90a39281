import { ENCODING, PHYSICAL } from '../../format/constants.js';
import { attacksOf } from './attack.js';
import {
  bytes,
  coded,
  codedV2,
  DICTIONARY,
  HUGE_RUN,
  levels,
  longs,
  NEGATIVE_RUN,
  oneOf,
  optional,
  page,
  pageV2,
  repeated,
  required,
  RUN_OF_TEN,
  TEN,
  u32,
  varint,
} from './parts.js';

/** Runs of levels, codes and booleans that say more than there is. */
export const LEVEL_ATTACKS = attacksOf([
  [
    'definition levels: a run of 2^30 for 10 values, v1',
    'PAGE_CORRUPT',
    () => optional({ pages: [page(bytes(levels(HUGE_RUN, 1), TEN))] }),
  ],
  [
    'definition levels: a run of 2^30 for 10 values, v2',
    'PAGE_CORRUPT',
    () => optional({ pages: [pageV2({ definition: bytes(HUGE_RUN, 1), values: TEN })] }),
  ],
  [
    'repetition levels: a run of 2^30 for 10 values, v1',
    'PAGE_CORRUPT',
    () => repeated({ pages: [page(bytes(levels(HUGE_RUN, 0), levels(RUN_OF_TEN, 1), TEN))] }),
  ],
  [
    'codes: a run of 2^30 for 10 values, v1',
    'PAGE_CORRUPT',
    () => required({ pages: [DICTIONARY, coded(1, HUGE_RUN, 0)] }),
  ],
  [
    'codes: a run of 2^30 for 10 values, v2',
    'PAGE_CORRUPT',
    () => required({ pages: [DICTIONARY, codedV2(1, HUGE_RUN, 0)] }),
  ],
  [
    'booleans: a run of 2^30 for 10 values',
    'PAGE_CORRUPT',
    () =>
      oneOf(
        { physical: PHYSICAL.BOOLEAN },
        { pages: [page(levels(HUGE_RUN, 1), { encoding: ENCODING.RLE })] },
      ),
  ],
  [
    'definition levels: a bit-packed run of 0xffffffff, v1',
    'PAGE_CORRUPT',
    () => optional({ pages: [page(bytes(levels(NEGATIVE_RUN, 0), TEN))] }),
  ],
  [
    'definition levels: a bit-packed run of 0xffffffff, v2',
    'PAGE_CORRUPT',
    () => optional({ pages: [pageV2({ definition: bytes(NEGATIVE_RUN, 0), values: TEN })] }),
  ],
  [
    'codes: a bit-packed run of 0xffffffff',
    'PAGE_CORRUPT',
    () => required({ pages: [DICTIONARY, coded(1, NEGATIVE_RUN, 0)] }),
  ],
  [
    'codes: a bit-packed run of 0xffffffff at width 0, where nothing needs to be stored',
    ['valid', 'PAGE_CORRUPT'],
    () => required({ pages: [DICTIONARY, coded(0, NEGATIVE_RUN)] }),
  ],
  ['a run of no values', 'PAGE_CORRUPT', () => required({ pages: [DICTIONARY, coded(1, 0, 0)] })],
  [
    'a bit-packed run of no groups',
    'PAGE_CORRUPT',
    () => optional({ pages: [page(bytes(levels(1, 0), TEN))] }),
  ],
  ['a bit width of 200', 'PAGE_CORRUPT', () => required({ pages: [DICTIONARY, coded(200, 20, 0, 0, 0, 0)] })],
  [
    'a level above the schema, v1',
    'PAGE_CORRUPT',
    () => optional({ pages: [page(bytes(levels(RUN_OF_TEN, 3), TEN))] }),
  ],
  [
    'a level above the schema, v2',
    'PAGE_CORRUPT',
    () => optional({ pages: [pageV2({ definition: bytes(RUN_OF_TEN, 3), values: TEN })] }),
  ],
  [
    'levels longer than their page, v1',
    'PAGE_CORRUPT',
    () => optional({ pages: [page(bytes(u32(2 ** 31), RUN_OF_TEN, 1, TEN))] }),
  ],
  [
    'levels longer than their page, v2',
    'PAGE_CORRUPT',
    () =>
      optional({
        pages: [page(TEN, { type: 'v2', v2: { nulls: 0, rows: 10, definition: 81, repetition: 0 } })],
      }),
  ],
  [
    'levels that end before their bytes, v2',
    'PAGE_CORRUPT',
    () => optional({ pages: [pageV2({ definition: bytes(RUN_OF_TEN, 1, 0), values: TEN })] }),
  ],
  [
    'levels that the schema has not and that are none, v2',
    'PAGE_CORRUPT',
    () => required({ pages: [pageV2({ definition: TEN.subarray(0, 3), values: TEN.subarray(3) })] }),
  ],
  [
    'levels of negative length',
    'PAGE_CORRUPT',
    () =>
      optional({
        pages: [page(TEN, { type: 'v2', v2: { nulls: 0, rows: 10, definition: -1, repetition: 0 } })],
      }),
  ],
  [
    'nulls that are not there',
    'PAGE_CORRUPT',
    () => optional({ pages: [pageV2({ definition: bytes(RUN_OF_TEN, 1), values: TEN }, { nulls: 3 })] }),
  ],
  [
    '30 million optional values in one run',
    'LIMIT',
    () => optional({ pages: [page(bytes(levels(varint(6e7), 0)), { valueCount: 3e7 })] }, 3e7),
  ],
  ['one row in 40,000 pages, which is no attack', 'valid', () => oneRow(40_000)],
  ['one row of 7,900,000 values in 150 bytes', 'LIMIT', () => bigRow(7_900_000)],
  [
    'a nested list whose rows never begin',
    'PAGE_CORRUPT',
    () => repeated({ pages: [page(bytes(levels(RUN_OF_TEN, 1), levels(RUN_OF_TEN, 1), TEN))] }),
  ],
]);

/** A list of so many values in one page of a few bytes: all of them the same entry of the dictionary. */
function bigRow(count: number): Uint8Array {
  const starts = levels(varint(2), 0, varint((count - 1) * 2), 1);
  const body = bytes(starts, levels(varint(count * 2), 1), 0);
  const values = page(body, { encoding: ENCODING.RLE_DICTIONARY, valueCount: count });
  return repeated({ pages: [DICTIONARY, values], valueCount: count }, 1);
}

/** A list of so many values, each in a page of its own. */
function oneRow(count: number): Uint8Array {
  const pages = Array.from({ length: count }, (_, i) =>
    page(bytes(levels(2, i === 0 ? 0 : 1), levels(2, 1), longs(i)), { valueCount: 1 }),
  );
  return repeated({ pages, valueCount: count }, 1);
}
