import { isLakeError, LakeError } from '@ticklake/core';
import { crc32 } from 'node:zlib';
import { outcome, readAll } from '../spec-support/read-all.js';
import { USUAL_LIMITS } from './parquet-limits.js';
import {
  bytes,
  coded,
  DICTIONARY,
  levels,
  longs,
  optional,
  page,
  pageV2,
  repeated,
  required,
  RUN_OF_TEN,
  TEN,
} from '../testing/attacks/parts.js';
import { ATTACKS } from '../testing/index.js';

it.each(ATTACKS)('$name: $ends', async ({ ends, file }) => {
  const end = await outcome(await file());
  expect(ends).toContain(end.startsWith('rows=') ? 'valid' : end);
});

it('attacks have names of their own', () => {
  expect(new Set(ATTACKS.map(({ name }) => name)).size).toBe(ATTACKS.length);
});

it('the same file without an attack is read', async () => {
  const good = required({
    pages: [page(TEN, { crc: crc32(TEN) | 0 })],
    statistics: { min: longs(0), max: longs(9), nulls: 0, exact: true },
  });
  expect((await readAll(good)).columns).toEqual([['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']]);
});

it('says where in the file it happened', async () => {
  const file = required({
    pages: [page(TEN.subarray(0, 40), { valueCount: 5 }), page(TEN.subarray(40), { valueCount: 5, crc: 7 })],
  });
  const error: unknown = await readAll(file).catch((thrown: unknown) => thrown);
  expect(isLakeError(error, 'corrupt')).toBe(true);
  expect((error as LakeError).details).toMatchObject({ column: 'a', rowGroup: 0, page: 1, expected: 7 });
});

it.each([
  ['a chunk that ends early', required({ pages: [page(TEN.subarray(0, 56), { valueCount: 7 })] })],
  ['values that contradict their statistics', required({ pages: [page(TEN)], statistics: { nulls: 1 } })],
  [
    'a row that does not begin',
    repeated({ pages: [page(bytes(levels(RUN_OF_TEN, 1), levels(RUN_OF_TEN, 1), TEN))] }),
  ],
  [
    'more rows than the group',
    repeated({ pages: [page(bytes(levels(RUN_OF_TEN, 0), levels(RUN_OF_TEN, 1), TEN))] }, 9),
  ],
])('%s is said to be in the page that was read last', async (_what, file) => {
  const error: unknown = await readAll(file).catch((thrown: unknown) => thrown);
  expect((error as LakeError).details).toMatchObject({ column: 'a', rowGroup: 0, page: 0, offset: 4 });
});

it('reads levels that the schema has not, where they are levels', async () => {
  const file = required({ pages: [pageV2({ definition: bytes(0x05, 0xff, 0x03), values: TEN })] });
  expect(await outcome(file)).toBe('rows=10');
});

it('reads a chunk whose footer lists no encodings', async () => {
  expect(await outcome(required({ pages: [page(TEN)], encodings: [] }))).toBe('rows=10');
});

it('every cut and every flipped bit of a file ends in rows or a code', async () => {
  const file = optional({ pages: [DICTIONARY, coded([...levels(20, 1)], 1, 5, 0b01100110, 1)] });
  for (let at = 0; at < file.length; at++) {
    expect(await outcome(file.subarray(0, at), USUAL_LIMITS)).toMatch(/^[A-Z_]+$/);
    for (let bit = 0; bit < 8; bit++) {
      const flipped = Buffer.from(file);
      flipped[at] = (flipped[at] as number) ^ (1 << bit);
      expect(await outcome(flipped, USUAL_LIMITS)).toMatch(/^([A-Z_]+|rows=10)$/);
    }
  }
});
