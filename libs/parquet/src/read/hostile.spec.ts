import { isLakeError, LakeError } from '@ticklake/core';
import { brotliCompressSync, constants, crc32, gzipSync } from 'node:zlib';
import {
  hostileFile,
  oneColumn,
  withFooter,
  type HostileChunk,
  type HostilePage,
} from '../spec-support/hostile-file.js';
import { outcome, readAll } from '../spec-support/read-all.js';
import { LIMITS } from '../spec-support/read-limits.js';

const longs = (...values: number[]) => Buffer.from(BigInt64Array.from(values, BigInt).buffer);
const TEN = longs(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
const u32 = (value: number) => Buffer.from(Uint32Array.of(value).buffer);
const varint = (value: number): number[] =>
  value < 128 ? [value] : [value % 128 | 128, ...varint(Math.floor(value / 128))];
const bytes = (...parts: (number | number[] | Uint8Array)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part))));
/** Levels of version 1 with their length. */
const levels = (...runs: (number | number[])[]) => bytes(u32(bytes(...runs).length), ...runs);

const RLE_DICTIONARY = 8;
const DELTA = 5;
const DELTA_BYTES = 7;
const GZIP = 2;
const SNAPPY = 1;
const BROTLI = 4;
const LZ4 = 5;
const INT64 = 2;
const BYTE_ARRAY = 6;
const OPTIONAL = 1;
const REPEATED = 2;

const page = (body: Uint8Array, rest: Partial<HostilePage> = {}): HostilePage => ({ body, ...rest });
/** One column of INT64, ten rows, whose chunk is as given. */
const ten = (chunk: HostileChunk, rows = 10) => hostileFile({ groups: [{ rows, chunks: [chunk] }] });
const optional = (chunk: HostileChunk, rows = 10) =>
  hostileFile({ elements: oneColumn({ repetition: OPTIONAL }), groups: [{ rows, chunks: [chunk] }] });
const texts = (chunk: HostileChunk, rows = 10) =>
  hostileFile({ elements: oneColumn({ physical: BYTE_ARRAY }), groups: [{ rows, chunks: [chunk] }] });
const dictionary = page(longs(1, 2), { type: 'dictionary', valueCount: 2 });
const coded = (...body: (number | number[])[]) => page(bytes(...body), { encoding: RLE_DICTIONARY });
const bomb = (depth: number) => withFooter(bytes(Buffer.from('PAR1')), Buffer.alloc(depth, 0x1c));

const ATTACKS: readonly (readonly [shape: string, code: string, file: () => Uint8Array])[] = [
  [
    'definition run of 2^30 for 10 values',
    'PAGE_CORRUPT',
    () => optional({ pages: [page(bytes(levels(varint(2 ** 31), 1), TEN))] }),
  ],
  [
    'code run of 2^30 for 10 values',
    'PAGE_CORRUPT',
    () => ten({ pages: [dictionary, coded(1, varint(2 ** 31), 0)] }),
  ],
  [
    'bit-packed run of 0xffffffff',
    'PAGE_CORRUPT',
    () => ten({ pages: [dictionary, coded(1, varint(0xffffffff), 0)] }),
  ],
  ['a run of nothing', 'PAGE_CORRUPT', () => ten({ pages: [dictionary, coded(1, 0, 0)] })],
  ['a bit width of 200', 'PAGE_CORRUPT', () => ten({ pages: [dictionary, coded(200, 20, 0, 0, 0, 0)] })],
  ['a level above the schema', 'PAGE_CORRUPT', () => optional({ pages: [page(bytes(levels(20, 3), TEN))] })],
  [
    '30 million values in a page of a 10-row group',
    'PAGE_CORRUPT',
    () => ten({ pages: [page(TEN, { valueCount: 30_000_000 })] }),
  ],
  [
    'a file of 100 million rows of one value',
    'LIMIT',
    () => ten({ pages: [dictionary, coded(0)], valueCount: 1e8 }, 1e8),
  ],
  ['a group of 20 million rows', 'LIMIT', () => ten({ pages: [page(TEN)] }, 2e7)],
  ['more values in the chunk than rows', 'METADATA', () => ten({ pages: [page(TEN)], valueCount: 11 })],
  ['a negative count of values', 'METADATA', () => ten({ pages: [page(TEN)], valueCount: -1 })],
  ['a page of -1 values', 'PAGE_CORRUPT', () => ten({ pages: [page(TEN, { valueCount: -1 })] })],
  [
    'fewer rows than the group',
    'PAGE_CORRUPT',
    () => ten({ pages: [page(TEN.subarray(0, 56), { valueCount: 7 })] }),
  ],
  ['more rows than the group', 'PAGE_CORRUPT', () => ten({ pages: [page(TEN)] }, 5)],
  ['a page too many', 'PAGE_CORRUPT', () => ten({ pages: [page(TEN), page(TEN)] })],
  [
    'groups that do not add up',
    'METADATA',
    () => hostileFile({ rows: 999, groups: [{ rows: 10, chunks: [{ pages: [page(TEN)] }] }] }),
  ],
  ['two groups on one chunk', 'METADATA', () => twice(2)],
  ['20,000 groups on one page', 'LIMIT', () => twice(20_000)],
  ['a chunk past the end', 'METADATA', () => ten({ pages: [page(TEN)], offset: 1e9 })],
  ['a chunk at a negative offset', 'METADATA', () => ten({ pages: [page(TEN)], offset: -5 })],
  ['a chunk that reaches into the footer', 'METADATA', () => ten({ pages: [page(TEN)], size: 150 })],
  ['an empty chunk', 'METADATA', () => ten({ pages: [page(TEN)], size: 0 })],
  ['a page beyond its chunk', 'PAGE_CORRUPT', () => ten({ pages: [page(TEN, { compressed: 90 })] })],
  ['a page of negative size', 'PAGE_CORRUPT', () => ten({ pages: [page(TEN, { compressed: -80 })] })],
  ['a page of 2 GiB', 'LIMIT', () => ten({ pages: [page(TEN, { uncompressed: 2 ** 31 - 1 })] })],
  ['a code beyond the dictionary', 'DICT_CONFLICT', () => ten({ pages: [dictionary, coded(2, 20, 2)] })],
  ['codes without a dictionary', 'DICT_CONFLICT', () => ten({ pages: [coded(1, 20, 0)] })],
  ['two dictionaries', 'DICT_CONFLICT', () => ten({ pages: [dictionary, dictionary, coded(1, 20, 0)] })],
  [
    'a dictionary after the data',
    'DICT_CONFLICT',
    () => ten({ pages: [page(TEN.subarray(0, 40), { valueCount: 5 }), dictionary] }),
  ],
  [
    'a dictionary of a billion entries',
    'PAGE_CORRUPT',
    () => ten({ pages: [page(longs(1), { type: 'dictionary', valueCount: 1e9 }), coded(1, 20, 0)] }),
  ],
  ['an index page', 'UNSUPPORTED', () => ten({ pages: [page(TEN, { type: 'index' })] })],
  ['a wrong checksum', 'CRC_MISMATCH', () => ten({ pages: [page(TEN, { crc: (crc32(TEN) ^ 1) | 0 })] })],
  [
    'a snappy preamble that contradicts the header',
    'SNAPPY_CORRUPT',
    () => ten({ codec: SNAPPY, pages: [page(bytes(8, 28, longs(1)), { uncompressed: 80 })] }),
  ],
  [
    'a gzip stream of 64 MiB for 80 bytes',
    'PAGE_CORRUPT',
    () => ten({ codec: GZIP, pages: [page(gzipSync(Buffer.alloc(1 << 26)), { uncompressed: 80 })] }),
  ],
  [
    'a gzip stream that is short',
    'PAGE_CORRUPT',
    () => ten({ codec: GZIP, pages: [page(gzipSync(TEN.subarray(0, 40)), { uncompressed: 80 })] }),
  ],
  [
    'a brotli stream of 64 MiB for 80 bytes',
    'PAGE_CORRUPT',
    () =>
      ten({
        codec: BROTLI,
        pages: [
          page(
            brotliCompressSync(Buffer.alloc(1 << 26), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
            { uncompressed: 80 },
          ),
        ],
      }),
  ],
  [
    'a page that expands a million times',
    'LIMIT',
    () => ten({ codec: BROTLI, pages: [page(bytes(1, 2), { uncompressed: 2e6 })] }),
  ],
  ['the codec of three framings', 'UNSUPPORTED', () => ten({ codec: LZ4, pages: [page(TEN)] })],
  ['an unknown codec', 'METADATA', () => ten({ codec: 99, pages: [page(TEN)] })],
  ['an unknown encoding', 'UNSUPPORTED', () => ten({ pages: [page(TEN, { encoding: 77 })] })],
  [
    '100 million deltas of width 0',
    'PAGE_CORRUPT',
    () => ten({ pages: [page(bytes(varint(128), 4, varint(1e8), 0), { encoding: DELTA })] }),
  ],
  [
    'a delta block of no miniblocks',
    'PAGE_CORRUPT',
    () => ten({ pages: [page(bytes(varint(128), 0, 10, 0), { encoding: DELTA })] }),
  ],
  ['text that repeats itself to a gigabyte', 'LIMIT', growing],
  [
    'a text beyond its page',
    'PAGE_CORRUPT',
    () => texts({ pages: [page(bytes(u32(2 ** 31), Buffer.alloc(60)))] }),
  ],
  [
    'text that is not utf-8',
    'PAGE_CORRUPT',
    () =>
      hostileFile({
        elements: oneColumn({ physical: BYTE_ARRAY, converted: 0 }),
        groups: [{ rows: 1, chunks: [{ pages: [page(bytes(u32(1), 0xff), { valueCount: 1 })] }] }],
      }),
  ],
  [
    'a character cut in two',
    'PAGE_CORRUPT',
    () =>
      hostileFile({
        elements: oneColumn({ physical: BYTE_ARRAY, converted: 0 }),
        groups: [
          { rows: 2, chunks: [{ pages: [page(bytes(u32(1), 0xc3, u32(1), 0xa9), { valueCount: 2 })] }] },
        ],
      }),
  ],
  [
    'version 2 levels longer than the page',
    'PAGE_CORRUPT',
    () =>
      optional({
        pages: [page(TEN, { type: 'v2', v2: { nulls: 0, rows: 10, definition: 81, repetition: 0 } })],
      }),
  ],
  [
    'version 2 levels of negative length',
    'PAGE_CORRUPT',
    () =>
      optional({
        pages: [page(TEN, { type: 'v2', v2: { nulls: 0, rows: 10, definition: -1, repetition: 0 } })],
      }),
  ],
  [
    'version 2 nulls that are not there',
    'PAGE_CORRUPT',
    () =>
      optional({
        pages: [
          page(bytes(20, 1, TEN), { type: 'v2', v2: { nulls: 3, rows: 10, definition: 2, repetition: 0 } }),
        ],
      }),
  ],
  [
    'values outside the statistics',
    'STATS_MISMATCH',
    () => ten({ pages: [page(TEN)], statistics: { min: longs(1), max: longs(9) } }),
  ],
  [
    'an exact maximum nobody has',
    'STATS_MISMATCH',
    () => ten({ pages: [page(TEN)], statistics: { min: longs(0), max: longs(10), exact: true } }),
  ],
  [
    'nulls the statistics do not know',
    'STATS_MISMATCH',
    () => ten({ pages: [page(TEN)], statistics: { nulls: 1 } }),
  ],
  ['a chunk of another type', 'METADATA', () => ten({ physical: 5, pages: [page(TEN)] })],
  ['a chunk of another column', 'METADATA', () => ten({ path: ['b'], pages: [page(TEN)] })],
  ['a chunk in another file', 'UNSUPPORTED', () => ten({ filePath: '/etc/passwd', pages: [page(TEN)] })],
  [
    'a column called __proto__',
    'METADATA',
    () => hostileFile({ elements: oneColumn({ name: '__proto__' }), groups: [] }),
  ],
  [
    'two columns of one name',
    'METADATA',
    () =>
      hostileFile({
        elements: [
          { name: 'root', children: 2 },
          ...[0, 1].map(() => ({ name: 'a', physical: INT64, repetition: 0 })),
        ],
        groups: [],
      }),
  ],
  [
    'a group with more children than elements',
    'METADATA',
    () =>
      hostileFile({
        elements: [
          { name: 'root', children: 2 ** 30 },
          { name: 'a', physical: INT64 },
        ],
        groups: [],
      }),
  ],
  ['a schema 1,000 deep', 'LIMIT', () => hostileFile({ elements: deep(1000), groups: [] })],
  ['a date of 64 bits', 'METADATA', () => hostileFile({ elements: oneColumn({ converted: 6 }), groups: [] })],
  ['200,000 nested thrift structs', 'LIMIT', () => bomb(200_000)],
  [
    'a thrift list of 30 million',
    'THRIFT_ERROR',
    () => withFooter(Buffer.from('PAR1'), bytes(0x29, 0xfc, varint(3e7), Buffer.alloc(300))),
  ],
  [
    'a varint of 500,000 bytes',
    'THRIFT_ERROR',
    () => withFooter(Buffer.from('PAR1'), bytes(0x16, Buffer.alloc(500_000, 0xff), 1)),
  ],
  ['a footer of zeros', 'THRIFT_ERROR', () => withFooter(Buffer.from('PAR1'), Buffer.alloc(100))],
  [
    'a nested list whose rows never begin',
    'PAGE_CORRUPT',
    () =>
      hostileFile({
        elements: oneColumn({ repetition: REPEATED }),
        groups: [{ rows: 10, chunks: [{ pages: [page(bytes(levels(20, 1), levels(20, 1), TEN))] }] }],
      }),
  ],
];

it.each(ATTACKS)('%s: %s', async (_shape, code, file) => {
  expect(await outcome(file())).toBe(code);
});

it('the same file without an attack is read', async () => {
  const good = ten({
    pages: [page(TEN, { crc: crc32(TEN) | 0 })],
    statistics: { min: longs(0), max: longs(9), nulls: 0, exact: true },
  });
  expect((await readAll(good)).columns).toEqual([['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']]);
});

it('says where in the file it happened', async () => {
  const file = ten({
    pages: [page(TEN.subarray(0, 40), { valueCount: 5 }), page(TEN.subarray(40), { valueCount: 5, crc: 7 })],
  });
  const error: unknown = await readAll(file).catch((thrown: unknown) => thrown);
  expect(isLakeError(error, 'corrupt')).toBe(true);
  expect((error as LakeError).details).toMatchObject({ column: 'a', rowGroup: 0, page: 1, expected: 7 });
});

it('every cut and every flipped bit of a file ends in rows or a code', async () => {
  const file = hostileFile({
    elements: oneColumn({ repetition: OPTIONAL }),
    groups: [
      {
        rows: 10,
        chunks: [
          {
            pages: [
              dictionary,
              page(bytes(levels(20, 1), 1, 5, 0b01100110, 1), { encoding: RLE_DICTIONARY }),
            ],
          },
        ],
      },
    ],
  });
  for (let at = 0; at < file.length; at++) {
    expect(await outcome(file.subarray(0, at), LIMITS)).toMatch(/^[A-Z_]+$/);
    for (let bit = 0; bit < 8; bit++) {
      const flipped = Buffer.from(file);
      flipped[at] = (flipped[at] as number) ^ (1 << bit);
      expect(await outcome(flipped, LIMITS)).toMatch(/^([A-Z_]+|rows=10)$/);
    }
  }
});

function twice(count: number): Uint8Array {
  const first = { rows: 10, chunks: [{ pages: [page(TEN)] }] };
  const size = hostileFile({ groups: [first] }).length;
  expect(size).toBeGreaterThan(0);
  const again = { rows: 10, chunks: [{ pages: [], offset: 4, size: 90 }] };
  return hostileFile({ groups: [first, ...Array.from({ length: count - 1 }, () => again)] });
}

function deep(depth: number) {
  const groups = Array.from({ length: depth }, (_, i) => ({ name: `g${i}`, children: 1, repetition: 0 }));
  return [{ name: 'root', children: 1 }, ...groups, { name: 'a', physical: INT64, repetition: 0 }];
}

/** Every value is the one before and a byte more, so 40,000 bytes ask for 800 MB. */
function growing(): Uint8Array {
  const count = 40_000;
  // Prefix 0, 1, 2, … and suffix 1, 1, 1, …, as deltas of 1 and of 0 at width 0.
  const deltas = (first: number, step: number) => {
    const blocks = Array.from({ length: Math.ceil((count - 1) / 128) }, () => bytes(step * 2, 0, 0, 0, 0));
    return bytes(varint(128), 4, varint(count), first * 2, ...blocks);
  };
  const body = bytes(deltas(0, 1), deltas(1, 0), Buffer.alloc(count));
  return texts({ pages: [page(body, { encoding: DELTA_BYTES, valueCount: count })] }, count);
}
