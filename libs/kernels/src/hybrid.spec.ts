import fc from 'fast-check';
import { HYBRID_PROBLEM } from './contract/hybrid-kernels.js';
import { createTwins } from './spec-support/twins.js';

const twins = createTwins();
const STATE = 0x100;
const CODES = 0x1000;
const BYTES = 0x40000;
const READ = 0x80000;

/** Codes of a width, some of them in runs. */
const coded = fc.integer({ min: 1, max: 32 }).chain((width) =>
  fc
    .array(
      fc.oneof(
        fc.array(fc.nat({ max: 2 ** Math.min(width, 31) - 1 }), { maxLength: 30 }),
        fc
          .tuple(fc.nat({ max: 2 ** Math.min(width, 31) - 1 }), fc.integer({ min: 1, max: 40 }))
          .map(([value, times]) => new Array<number>(times).fill(value)),
      ),
      { maxLength: 8 },
    )
    .map((parts) => ({ width, codes: Uint32Array.from(parts.flat()) })),
);

function write(codes: Uint32Array, width: number): number {
  twins.put(CODES, codes);
  const size = twins.run('hybridWrite', CODES, codes.length, width, BYTES);
  twins.same(BYTES, size);
  return size;
}

describe('hybrid kernels', () => {
  it('write the same bytes and read the codes back, in steps of any length', () => {
    fc.assert(
      fc.property(coded, fc.array(fc.integer({ min: 0, max: 40 })), ({ width, codes }, steps) => {
        const size = write(codes, width);
        twins.run('hybridOpen', STATE, BYTES, BYTES + size, width, codes.length);
        expect(twins.run('hybridEnd', STATE)).toBe(BYTES);
        let done = 0;
        for (const step of [...steps, codes.length]) {
          const count = Math.min(step, codes.length - done);
          expect(twins.run('hybridRead', STATE, count, 2 ** 32 - 1, READ + 4 * done)).toBe(0);
          done += count;
        }
        expect(new Uint32Array(twins.same(READ, 4 * codes.length).buffer)).toEqual(codes);
        expect(twins.run('hybridEnd', STATE)).toBe(BYTES + size);
      }),
      { numRuns: 500 },
    );
  });

  it('agree on damaged bytes, limits and lengths', () => {
    fc.assert(
      fc.property(
        coded,
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 3 }),
        fc.integer({ min: -2, max: 9 }),
        fc.integer({ min: 0, max: 300 }),
        ({ width, codes }, damage, more, limit) => {
          const size = write(codes, width);
          const bytes = twins.same(BYTES, size);
          for (const [at, byte] of damage) if (size > 0) bytes[at % size] = byte;
          twins.put(BYTES, bytes);
          const count = Math.max(0, codes.length + more);
          twins.run('hybridOpen', STATE, BYTES, BYTES + size, width, count);
          if (twins.run('hybridRead', STATE, count, limit, READ) === 0) twins.same(READ, 4 * count);
        },
      ),
      { numRuns: 2000 },
    );
  });

  const read = (
    bytes: readonly number[],
    { width, count, limit }: { width: number; count: number; limit: number },
  ) => {
    twins.put(BYTES, Uint8Array.from(bytes));
    twins.run('hybridOpen', STATE, BYTES, BYTES + bytes.length, width, count);
    return twins.run('hybridRead', STATE, count, limit, READ);
  };

  it.each([
    ['a run of a billion in a page of ten', [0xfe, 0xff, 0xff, 0xff, 0x07, 1], HYBRID_PROBLEM.LONG_RUN],
    ['groups without end', [0xff, 0xff, 0xff, 0xff, 0x0f, 1], HYBRID_PROBLEM.CUT_RUN],
    ['a run of nothing', [0], HYBRID_PROBLEM.EMPTY_RUN],
    ['groups of nothing', [1], HYBRID_PROBLEM.EMPTY_RUN],
    ['no bytes', [], HYBRID_PROBLEM.BAD_NUMBER],
    ['a head without an end', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80], HYBRID_PROBLEM.BAD_NUMBER],
    ['a head of 33 bits', [0x88, 0x80, 0x80, 0x80, 0x10, 1], HYBRID_PROBLEM.BAD_NUMBER],
    ['a run without its value', [20], HYBRID_PROBLEM.CUT_RUN],
    ['a value over the limit', [20, 5], HYBRID_PROBLEM.OVER_LIMIT],
    ['a packed value over the limit', [5, 0, 0, 0, 7, 0, 0], HYBRID_PROBLEM.OVER_LIMIT],
  ])('refuse %s', (_, bytes, problem) => {
    expect(read(bytes, { width: 3, count: 10, limit: 5 })).toBe(problem);
  });

  it('take zeros of no width from no bytes, where zero is below the limit', () => {
    expect(read([], { width: 0, count: 10, limit: 1 })).toBe(0);
    expect(twins.same(READ, 40).every((byte) => byte === 0)).toBe(true);
    expect(read([], { width: 0, count: 10, limit: 0 })).toBe(HYBRID_PROBLEM.OVER_LIMIT);
  });

  it('take a last group whose padding was not stored, and one with a whole group too many', () => {
    expect(read([3, 0b10, 0b1], { width: 8, count: 2, limit: 3 })).toBe(0);
    expect(read([5, 1, 1], { width: 1, count: 4, limit: 2 })).toBe(0);
    expect(read([5, 1], { width: 1, count: 4, limit: 2 })).toBe(HYBRID_PROBLEM.CUT_RUN);
  });
});
