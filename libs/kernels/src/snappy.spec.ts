import fc from 'fast-check';
import { createTwins } from './spec-support/twins.js';

const twins = createTwins();
const SOURCE = 0x1000;
const BLOCK = 0x50000;
const TABLE = 0xa0000;
const DECODED = 0xb0000;

/** Bytes with repeats near and far, short and long, and stretches without any. */
const compressible = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc
        .tuple(fc.uint8Array({ minLength: 1, maxLength: 9 }), fc.integer({ min: 1, max: 60 }))
        .map(([part, times]) =>
          Uint8Array.from({ length: part.length * times }, (_, i) => part[i % part.length]!),
        ),
      fc.nat({ max: 300 }).map((length) => Uint8Array.from({ length }, (_, i) => (i * 7919) >> 3)),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Uint8Array.from(Buffer.concat(parts)));

function encode(bytes: Uint8Array): number {
  twins.put(SOURCE, bytes);
  return twins.run('snappyEncode', SOURCE, bytes.length, BLOCK, TABLE);
}

describe('snappy kernels', () => {
  it('make the same block and get the bytes back', () => {
    fc.assert(
      fc.property(compressible, (bytes) => {
        const size = encode(bytes);
        expect(size).toBeLessThanOrEqual(32 + bytes.length + Math.floor(bytes.length / 6));
        twins.same(BLOCK, size);
        expect(twins.run('snappyDecode', BLOCK, size, DECODED, bytes.length)).toBe(0);
        expect(twins.same(DECODED, bytes.length)).toEqual(bytes);
      }),
      { numRuns: 500 },
    );
  });

  it('do so for bytes of more than one fragment, and make repeats smaller', () => {
    const bytes = Uint8Array.from({ length: 200_000 }, (_, i) => (i % 1000) * 31);
    const size = encode(bytes);
    expect(size).toBeLessThan(bytes.length / 5);
    twins.same(BLOCK, size);
    expect(twins.run('snappyDecode', BLOCK, size, DECODED, bytes.length)).toBe(0);
    expect(twins.same(DECODED, bytes.length)).toEqual(bytes);
  });

  it('read literals and copies of the eight bytes before as numbers of 64 bits are stored', () => {
    const literal = fc.uint8Array({ minLength: 1, maxLength: 9 });
    const copied = fc.integer({ min: 4, max: 11 });
    fc.assert(
      fc.property(fc.array(fc.oneof(literal, copied), { maxLength: 60 }), (parts) => {
        const bytes = [1, 2, 3, 4, 5, 6, 7, 8];
        const block = [7 << 2, ...bytes];
        for (const part of parts) {
          if (typeof part === 'number') {
            block.push(((part - 4) << 2) | 1, 8);
            for (let i = 0; i < part; i++) bytes.push(bytes.at(-8)!);
          } else {
            block.push((part.length - 1) << 2, ...part);
            bytes.push(...part);
          }
        }
        const { length } = bytes;
        const size = length < 128 ? [length] : [(length & 127) | 128, length >> 7];
        twins.put(BLOCK, Uint8Array.from([...size, ...block]));
        expect(twins.run('snappyDecode', BLOCK, size.length + block.length, DECODED, length)).toBe(0);
        expect([...twins.same(DECODED, length)]).toEqual(bytes);
      }),
      { numRuns: 500 },
    );
  });

  it('agree on damaged blocks, and never write beyond the stated size', () => {
    fc.assert(
      fc.property(
        compressible,
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 4 }),
        fc.integer({ min: -3, max: 3 }),
        (bytes, damage, off) => {
          const size = encode(bytes);
          const block = twins.same(BLOCK, size);
          for (const [at, byte] of damage) block[at % size] = byte;
          twins.put(BLOCK, block);
          const stated = Math.max(0, bytes.length + off);
          twins.put(DECODED + stated + 64, new Uint8Array(64).fill(0x5a));
          const decoded = twins.run('snappyDecode', BLOCK, size, DECODED, stated);
          if (decoded === 0) twins.same(DECODED, stated);
          expect(twins.same(DECODED + stated + 64, 64).every((byte) => byte === 0x5a)).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['nothing at all', []],
    ['a size without an end', [0x80, 0x80, 0x80, 0x80, 0x80]],
    ['a size that is not reached', [8, 0]],
    ['a literal longer than the block', [8, 28, 1, 2]],
    ['a repeat of what was never there', [8, 0, 7, 0b11101, 9]],
    ['a repeat of nothing', [8, 0, 7, 0b11101, 0]],
    ['a literal of 4 GiB', [8, 252, 0xff, 0xff, 0xff, 0xff]],
    ['a repeat cut off', [8, 0, 7, 0b11110, 1]],
  ])('refuse %s', (_, bytes) => {
    twins.put(BLOCK, Uint8Array.from(bytes));
    expect(twins.run('snappyDecode', BLOCK, bytes.length, DECODED, 8)).toBe(-1);
  });
});
