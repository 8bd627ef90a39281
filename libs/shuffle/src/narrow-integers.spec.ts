import fc from 'fast-check';
import { narrowWords, widenWords } from './narrow-integers.js';

const halvesOf = (values: readonly bigint[]) => new Uint32Array(BigInt64Array.from(values).buffer);

/** Integers as they are read again; `undefined` where they were not written. */
function wordsAgain(values: readonly bigint[]): readonly bigint[] | undefined {
  const narrow = new Uint32Array(values.length);
  const by = narrowWords(halvesOf(values), narrow);
  if (by === undefined) return undefined;
  const to = new BigInt64Array(values.length);
  widenWords(narrow, by, new Uint32Array(to.buffer));
  return [...to];
}

describe('integers in half of their bytes', () => {
  it('are the same again, wherever they lie, so long as they are near the first', () => {
    const distance = fc.bigInt({ min: -(2n ** 31n), max: 2n ** 31n - 1n });
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
        fc.array(distance),
        (first, distances) => {
          const values = [first, ...distances.map((one) => first + one)];
          expect(wordsAgain(values)).toEqual(values);
        },
      ),
    );
  });

  it.each([
    [[0n, 2n ** 31n]],
    [[0n, -(2n ** 31n) - 1n]],
    [[5n, 5n + 2n ** 32n]],
    [[-1n, 2n ** 40n]],
    [[2n ** 63n - 1n, -(2n ** 63n) + 2n ** 31n]],
    [[]],
  ])('are not written where that does not hold: %s', (values) => {
    expect(wordsAgain(values)).toBeUndefined();
  });

  it('may lie on both sides of where halves carry', () => {
    for (const first of [
      0n,
      -1n,
      2n ** 32n - 1n,
      2n ** 31n,
      -(2n ** 31n),
      2n ** 63n - 1n,
      -(2n ** 63n) + 2n ** 31n,
    ]) {
      const values = [first, first - 1n, first - 2n ** 31n, first - 2n ** 30n];
      expect(wordsAgain(values)).toEqual(values);
    }
  });
});
