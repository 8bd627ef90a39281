import { withBlock } from '@ticklake/columnar';
import fc from 'fast-check';
import { ARENA } from '../spec-support/test-arena.js';
import { withNamedWords } from './named-words.js';

/** What `use` is lent, as numbers. */
function namedWords(size: 4 | 8, table: readonly number[], codes: readonly number[]): number[] {
  const entries = size === 8 ? BigInt64Array.from(table, BigInt) : Int32Array.from(table);
  const codesAt = table.length * size;
  return withBlock(ARENA, codesAt + codes.length * 4, (at) => {
    ARENA.put(new Uint8Array(entries.buffer), at);
    ARENA.put(new Uint8Array(Uint32Array.from(codes).buffer), at + codesAt);
    const words = { size, table: at, tableCount: table.length, codes: at + codesAt, count: codes.length };
    return withNamedWords(ARENA, words, (values, count) =>
      size === 8
        ? Array.from(ARENA.view(BigInt64Array, values, count), Number)
        : [...ARENA.view(Int32Array, values, count)],
    );
  });
}

it.each([4, 8] as const)('are those that codes name, and no others, %d bytes each', (size) => {
  const cases = fc
    .array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 20 })
    .chain((table) => {
      const code = fc.integer({ min: 0, max: table.length - 1 });
      return fc.tuple(fc.constant(table), fc.array(code, { minLength: 1, maxLength: 60 }));
    });
  fc.assert(
    fc.property(cases, ([table, codes]) => {
      const found = namedWords(size, table, codes);
      expect(new Set(found)).toEqual(new Set(codes.map((code) => table[code])));
      expect(found.length).toBeLessThanOrEqual(codes.length);
    }),
  );
  expect(ARENA.usedBytes).toBe(0);
});
