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

  it('read numbers of 64 bits as they are stored: literals, and copies from the last one and from others', () => {
    const literal = fc.uint8Array({ minLength: 1, maxLength: 9 });
    const near = fc.record({
      count: fc.integer({ min: 4, max: 11 }),
      back: fc.constant(8),
      isLong: fc.constant(false),
    });
    const copied = fc.record({
      count: fc.integer({ min: 1, max: 20 }),
      back: fc.integer({ min: 1, max: 40 }),
      isLong: fc.constant(true),
    });
    // A byte or more, and the rest of eight from the number before; many of them in a row.
    const numbers = fc
      .array(fc.uint8Array({ minLength: 1, maxLength: 4 }), { maxLength: 4 })
      .chain((heads) => fc.array(fc.constantFrom(Uint8Array.of(7), ...heads), { maxLength: 40 }))
      .map((heads) => heads.flatMap((head) => [head, { count: 8 - head.length, back: 8, isLong: false }]));
    const parts = fc.array(fc.oneof(fc.tuple(literal), fc.tuple(near), fc.tuple(copied), numbers), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(parts, (all) => {
        const bytes = Array.from({ length: 40 }, (_, i) => i * 7);
        const block = [39 << 2, ...bytes];
        for (const part of all.flat()) {
          if (part instanceof Uint8Array) {
            block.push((part.length - 1) << 2, ...part);
            bytes.push(...part);
          } else {
            const { count, back, isLong } = part;
            if (isLong) block.push(((count - 1) << 2) | 2, back, 0);
            else block.push(((count - 4) << 2) | 1, back);
            for (let i = 0; i < count; i++) bytes.push(bytes.at(-back)!);
          }
        }
        const { length } = bytes;
        const size = length < 128 ? [length] : [(length & 127) | 128, length >> 7];
        twins.put(BLOCK, Uint8Array.from([...size, ...block]));
        expect(twins.run('snappyDecode', BLOCK, size.length + block.length, DECODED, length)).toBe(0);
        expect([...twins.same(DECODED, length)]).toEqual(bytes.map((byte) => byte & 255));
      }),
      { numRuns: 1000 },
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
