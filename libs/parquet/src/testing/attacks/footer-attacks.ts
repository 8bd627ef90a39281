import { CONVERTED, PHYSICAL } from '../../format/constants.js';
import { hostileFile, oneColumn, withFooter, type HostileElement } from '../hostile-file.js';
import { attacksOf } from './attack.js';
import { bytes, page, required, TEN, u32, varint } from './parts.js';

const GOOD = page(TEN);
const DATA = Buffer.from('PAR1');

/** Footers that contradict the file, themselves, or thrift. */
export const FOOTER_ATTACKS = attacksOf([
  ['an empty chunk', 'METADATA', () => required({ pages: [GOOD], size: 0 })],
  ['a chunk past the end', 'METADATA', () => required({ pages: [GOOD], offset: 1e9 })],
  ['a chunk at a negative offset', 'METADATA', () => required({ pages: [GOOD], offset: -5 })],
  ['a chunk that reaches into the footer', 'METADATA', () => required({ pages: [GOOD], size: 150 })],
  ['a negative count of values', 'METADATA', () => required({ pages: [GOOD], valueCount: -1 })],
  ['more values in the chunk than rows', 'METADATA', () => required({ pages: [GOOD], valueCount: 11 })],
  [
    'groups that do not add up',
    'METADATA',
    () => hostileFile({ rows: 999, groups: [{ rows: 10, chunks: [{ pages: [GOOD] }] }] }),
  ],
  ['a group that says 200 million rows', 'LIMIT', () => required({ pages: [GOOD] }, 2e8)],
  ['a group that says 7 million rows', 'PAGE_CORRUPT', () => required({ pages: [GOOD] }, 7e6)],
  ['two groups on one chunk', 'METADATA', () => shared(2)],
  ['9,000 groups on one page', 'METADATA', () => shared(9_000)],
  ['20,000 groups on one page', 'LIMIT', () => shared(20_000)],
  ['a million ends of files in front of the footer, which is no attack', 'valid', () => ends(1_000_000)],
  [
    'a DOUBLE chunk of an INT64 column',
    'METADATA',
    () => required({ physical: PHYSICAL.DOUBLE, pages: [GOOD] }),
  ],
  ['a chunk of another column', 'METADATA', () => required({ path: ['b'], pages: [GOOD] })],
  ['a chunk in another file', 'UNSUPPORTED', () => required({ filePath: '/etc/passwd', pages: [GOOD] })],
  ['a column called __proto__', 'METADATA', () => schema(oneColumn({ name: '__proto__' }))],
  ['two columns of one name', 'METADATA', () => schema(twoNamed('a'))],
  ['a group with more children than elements', 'METADATA', () => schema(manyChildren(2 ** 30))],
  ['a schema 1,000 deep', 'LIMIT', () => schema(deep(1000))],
  ['a date of 64 bits', 'METADATA', () => schema(oneColumn({ converted: CONVERTED.DATE }))],
  ['a decimal of 2 billion digits', 'LIMIT', () => schema(decimal(PHYSICAL.BYTE_ARRAY, 2 ** 31 - 1))],
  ['a decimal of 19 digits in 64 bits', 'METADATA', () => schema(decimal(PHYSICAL.INT64, 19))],
  ['a decimal of 10 digits in 32 bits', 'METADATA', () => schema(decimal(PHYSICAL.INT32, 10))],
  ['a decimal of 5 digits in 2 bytes', 'METADATA', () => schema(decimal(PHYSICAL.FIXED_LEN_BYTE_ARRAY, 5))],
  ['200,000 nested thrift structs', 'LIMIT', () => withFooter(DATA, Buffer.alloc(200_000, 0x1c))],
  [
    '60 nested thrift lists of 30 million each',
    ['THRIFT_ERROR', 'LIMIT'],
    () => withFooter(DATA, bytes(0x89, ...Array.from({ length: 60 }, () => bytes(0xf9, varint(3e7))))),
  ],
  [
    'a thrift list of 30 million structs',
    'THRIFT_ERROR',
    () => withFooter(DATA, bytes(0x29, 0xfc, varint(3e7), Buffer.alloc(300))),
  ],
  [
    'a varint of 500,000 bytes',
    'THRIFT_ERROR',
    () => withFooter(DATA, bytes(0x16, Buffer.alloc(500_000, 0xff), 1)),
  ],
  ['a footer of zeros', 'THRIFT_ERROR', () => withFooter(DATA, Buffer.alloc(100))],
]);

/** So many times what looks like the end of a file, in bytes that nothing claims. */
function ends(count: number): Uint8Array {
  const file = required({ pages: [GOOD] });
  const footerLength = Buffer.from(file).readUInt32LE(file.length - 8);
  const footerStart = file.length - 8 - footerLength;
  const gap = Buffer.alloc(count * 8, bytes(u32(1), Buffer.from('PAR1')));
  return bytes(file.subarray(0, footerStart), gap, file.subarray(footerStart));
}

/** So many row groups, all of them on the page of the first. */
function shared(count: number): Uint8Array {
  const first = { rows: 10, chunks: [{ pages: [GOOD] }] };
  const again = { rows: 10, chunks: [{ pages: [], offset: 4, size: 90 }] };
  return hostileFile({ groups: [first, ...Array.from({ length: count - 1 }, () => again)] });
}

function schema(elements: readonly HostileElement[]): Uint8Array {
  return hostileFile({ elements, groups: [] });
}

function decimal(physical: number, precision: number): HostileElement[] {
  return oneColumn({ physical, converted: CONVERTED.DECIMAL, scale: 0, precision, typeLength: 2 });
}

function twoNamed(name: string): HostileElement[] {
  const column = { name, physical: PHYSICAL.INT64, repetition: 0 };
  return [{ name: 'root', children: 2 }, column, column];
}

function manyChildren(children: number): HostileElement[] {
  return [
    { name: 'root', children },
    { name: 'a', physical: PHYSICAL.INT64 },
  ];
}

function deep(depth: number): HostileElement[] {
  const groups = Array.from({ length: depth }, (_, i) => ({ name: `g${i}`, children: 1, repetition: 0 }));
  return [{ name: 'root', children: 1 }, ...groups, { name: 'a', physical: PHYSICAL.INT64, repetition: 0 }];
}
