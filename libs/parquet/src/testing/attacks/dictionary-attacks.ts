import { attacksOf } from './attack.js';
import { among, coded, codedV2, DICTIONARY, longs, page, required, RUN_OF_TEN, TEN } from './parts.js';

const GOOD = coded(1, RUN_OF_TEN, 0);
const OUTSIDE = coded(2, RUN_OF_TEN, 2);

/** Dictionaries and codes that do not belong together. */
export const DICTIONARY_ATTACKS = attacksOf([
  [
    'a code beyond the dictionary, first page',
    'DICT_CONFLICT',
    () => required({ pages: [DICTIONARY, ...among(0, OUTSIDE, GOOD)] }, 30),
  ],
  [
    'a code beyond the dictionary, middle page',
    'DICT_CONFLICT',
    () => required({ pages: [DICTIONARY, ...among(1, OUTSIDE, GOOD)] }, 30),
  ],
  [
    'a code beyond the dictionary, last page',
    'DICT_CONFLICT',
    () => required({ pages: [DICTIONARY, ...among(2, OUTSIDE, GOOD)] }, 30),
  ],
  [
    'a code beyond the dictionary, v2',
    'DICT_CONFLICT',
    () => required({ pages: [DICTIONARY, codedV2(2, RUN_OF_TEN, 2)] }),
  ],
  ['codes without a dictionary, v1', 'DICT_CONFLICT', () => required({ pages: [GOOD] })],
  ['codes without a dictionary, v2', 'DICT_CONFLICT', () => required({ pages: [codedV2(1, RUN_OF_TEN, 0)] })],
  ['two dictionaries', 'DICT_CONFLICT', () => required({ pages: [DICTIONARY, DICTIONARY, GOOD] })],
  [
    'a dictionary after the data',
    'DICT_CONFLICT',
    () => required({ pages: [page(TEN.subarray(0, 40), { valueCount: 5 }), DICTIONARY] }),
  ],
  [
    'a dictionary of a billion entries',
    'PAGE_CORRUPT',
    () => required({ pages: [page(longs(1), { type: 'dictionary', valueCount: 1e9 }), GOOD] }),
  ],
  [
    'a file of 100 million rows of one value, v1',
    'LIMIT',
    () => required({ pages: [DICTIONARY, { ...coded(0), valueCount: 1e8 }], valueCount: 1e8 }, 1e8),
  ],
  [
    'a file of 100 million rows of one value, v2',
    'LIMIT',
    () => required({ pages: [DICTIONARY, { ...codedV2(0), valueCount: 1e8 }], valueCount: 1e8 }, 1e8),
  ],
  [
    '2 million rows of one value, which is no attack',
    'valid',
    () => required({ pages: [DICTIONARY, { ...coded(0), valueCount: 2e6 }] }, 2e6),
  ],
]);
