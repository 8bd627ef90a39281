import fc from 'fast-check';
import { DELTA_PROBLEM, deltaBytesMax } from './contract/delta-kernels.js';
import { createTwins } from './spec-support/twins.js';

const twins = createTwins();
const STATE = 0x100;
const SCRATCH = 0x400;
const VALUES = 0x1000;
const BYTES = 0x40000;
const READ = 0x80000;

/** Steps of every size, so that miniblocks of every width come up. */
const longs = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 63 }), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), {
    maxLength: 400,
  })
  .map((steps) => {
    let value = 0n;
    return BigInt64Array.from(
      steps,
      ([shift, step]) => (value = BigInt.asIntN(64, value + (step >> BigInt(shift)))),
    );
  });
const ints = longs.map((values) => Int32Array.from(values, (value) => Number(BigInt.asIntN(32, value))));

function write(values: BigInt64Array | Int32Array): number {
  const name = values instanceof Int32Array ? 'deltaWrite32' : 'deltaWrite64';
  twins.put(VALUES, values);
  const size = twins.run(name, VALUES, values.length, BYTES, SCRATCH);
  expect(size).toBeLessThanOrEqual(deltaBytesMax(values.length, values.BYTES_PER_ELEMENT as 4 | 8));
  twins.same(BYTES, size);
  return size;
}

function read(values: BigInt64Array | Int32Array, size: number, steps: readonly number[]): void {
  const name = values instanceof Int32Array ? 'deltaRead32' : 'deltaRead64';
  expect(twins.run('deltaOpen', STATE, BYTES, BYTES + size, values.length)).toBe(0);
  let done = 0;
  for (const step of [...steps, values.length]) {
    const count = Math.min(step, values.length - done);
    expect(twins.run(name, STATE, READ + done * values.BYTES_PER_ELEMENT, count)).toBe(0);
    done += count;
  }
  expect(twins.same(READ, values.byteLength)).toEqual(new Uint8Array(values.buffer));
  if (values.length > 0) expect(twins.run('deltaEnd', STATE)).toBe(BYTES + size);
}

describe('delta kernels', () => {
  it('write the same bytes and read the values back, in steps of any length', () => {
    fc.assert(
      fc.property(fc.oneof(longs, ints), fc.array(fc.integer({ min: 0, max: 150 })), (values, steps) => {
        read(values, write(values), steps);
      }),
      { numRuns: 500 },
    );
  });

  it('keep a sequence in next to nothing', () => {
    const values = BigInt64Array.from({ length: 10_000 }, (_, i) => 7n + BigInt(i));
    const size = write(values);
    expect(size).toBeLessThan(10_000 / 20);
    read(values, size, [1, 4000]);
  });

  it('see the one number that is out of sequence, wherever it stands, and each end of a block', () => {
    for (const length of [2, 9, 131]) {
      for (let odd = 0; odd < length; odd++) {
        const values = Array.from({ length }, (_, i) => 7 + 3 * i + (i === odd ? 1 : 0));
        for (const typed of [BigInt64Array.from(values, BigInt), Int32Array.from(values)])
          read(typed, write(typed), []);
      }
    }
  });

  it('agree on damaged bytes and other counts', () => {
    fc.assert(
      fc.property(
        fc.oneof(longs, ints),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 3 }),
        fc.integer({ min: 0, max: 3 }),
        (values, damage, cut) => {
          const size = write(values);
          const bytes = twins.same(BYTES, size);
          for (const [at, byte] of damage) bytes[at % Math.min(size, 40)] = byte;
          twins.put(BYTES, bytes);
          if (twins.run('deltaOpen', STATE, BYTES, BYTES + size - cut, values.length) !== 0) return;
          const name = values instanceof Int32Array ? 'deltaRead32' : 'deltaRead64';
          if (twins.run(name, STATE, READ, values.length) === 0) twins.same(READ, values.byteLength);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['no bytes', [], DELTA_PROBLEM.BAD_NUMBER],
    ['a block of nothing', [0, 4, 5, 2], DELTA_PROBLEM.BAD_BLOCK],
    ['a block of 100', [100, 4, 5, 2], DELTA_PROBLEM.BAD_BLOCK],
    ['no miniblocks', [0x80, 1, 0, 5, 2], DELTA_PROBLEM.BAD_BLOCK],
    ['miniblocks of 4', [0x80, 1, 32, 5, 2], DELTA_PROBLEM.BAD_BLOCK],
    ['half a billion miniblocks', [0x80, 1, 0x80, 0x80, 0x80, 0x80, 2, 5, 2], DELTA_PROBLEM.BAD_BLOCK],
    ['another count', [0x80, 1, 4, 6, 2], DELTA_PROBLEM.OTHER_COUNT],
    [
      'a first value of eleven bytes',
      [0x80, 1, 4, 5, ...new Array<number>(10).fill(0x80), 1],
      DELTA_PROBLEM.BAD_NUMBER,
    ],
  ])('refuse %s', (_, bytes, problem) => {
    twins.put(BYTES, Uint8Array.from(bytes));
    expect(twins.run('deltaOpen', STATE, BYTES, BYTES + bytes.length, 5)).toBe(problem);
  });

  it.each([
    ['a block that is missing', [], DELTA_PROBLEM.BAD_NUMBER],
    ['widths that are cut off', [2, 8, 8], DELTA_PROBLEM.CUT_BLOCK],
    ['a width of 65', [2, 65, 0, 0, 0], DELTA_PROBLEM.CUT_BLOCK],
    ['a miniblock that is cut off', [2, 8, 0, 0, 0, 1, 2, 3], DELTA_PROBLEM.CUT_BLOCK],
  ])('refuse %s', (_, block, problem) => {
    const bytes = [0x80, 1, 4, 5, 2, ...block];
    twins.put(BYTES, Uint8Array.from(bytes));
    expect(twins.run('deltaOpen', STATE, BYTES, BYTES + bytes.length, 5)).toBe(0);
    expect(twins.run('deltaRead64', STATE, READ, 5)).toBe(problem);
  });
});
