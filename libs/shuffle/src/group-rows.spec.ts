import fc from 'fast-check';
import { groupByDay, groupByNumber, type KeyedRows } from './group-rows.js';

const listed = (groups: readonly KeyedRows<number>[]) =>
  groups.map(({ key, rows }) => [key, rows instanceof Uint32Array ? [...rows] : rangeOf(rows)]);

const rangeOf = ([start, end]: readonly [number, number]) =>
  Array.from({ length: end - start }, (_, i) => start + i);

/** The obvious way. */
function rowsByKey(keys: readonly (number | bigint)[]): readonly unknown[] {
  const rows = new Map<number, number[]>();
  keys.forEach((key, row) => {
    const own = rows.get(Number(key)) ?? [];
    rows.set(Number(key), [...own, row]);
  });
  return [...rows];
}

describe('groupByNumber', () => {
  it.each<[string, readonly number[], readonly KeyedRows<number>[]]>([
    ['no rows', [], []],
    ['one number', [7, 7, 7], [{ key: 7, rows: [0, 3] }]],
    [
      'one after another',
      [2, 2, 0, 1],
      [
        { key: 2, rows: [0, 2] },
        { key: 0, rows: [2, 3] },
        { key: 1, rows: [3, 4] },
      ],
    ],
    [
      'one of three in two runs',
      [5, 4, 4, 5, 9],
      [
        { key: 5, rows: Uint32Array.of(0, 3) },
        { key: 4, rows: [1, 3] },
        { key: 9, rows: [4, 5] },
      ],
    ],
  ])('gives ranges where rows follow each other: %s', (_, numbers, expected) => {
    expect(groupByNumber(numbers)).toEqual(expected);
    expect(groupByNumber(Uint32Array.from(numbers))).toEqual(expected);
  });

  it('gives every row to its number, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 4 }), { maxLength: 40 }), (numbers) => {
        expect(listed(groupByNumber(numbers))).toEqual(rowsByKey(numbers));
      }),
    );
  });
});

describe('groupByDay', () => {
  it('gives every row to its day, in order, to the last time that doubles are exact for', () => {
    const limit = Number.MAX_SAFE_INTEGER;
    const unitsOfDay = fc.constantFrom(86_400_000, 86_400_000_000, 86_400_000_000_000);
    const cases = unitsOfDay.chain((units) => {
      const near = fc
        .tuple(fc.integer({ min: -100, max: 100 }), fc.integer({ min: -2, max: 2 }))
        .map(([day, offset]) => day * units + offset);
      const last = fc
        .tuple(fc.nat({ max: 1 }), fc.integer({ min: -2, max: 2 }))
        .map(([day, offset]) => (Math.floor(limit / units) - day) * units + offset);
      const time = fc.oneof(near, last, fc.maxSafeInteger()).filter(Number.isSafeInteger);
      return fc.tuple(fc.constant(units), fc.array(time, { maxLength: 20 }), fc.boolean());
    });
    fc.assert(
      fc.property(cases, ([units, times, isSorted]) => {
        const rows = isSorted ? [...times].sort((a, b) => a - b) : times;
        const days = rows.map((time) => floorDivide(BigInt(time), BigInt(units)));
        const groups = groupByDay(Float64Array.from(rows), units);
        expect(listed(groups)).toEqual(rowsByKey(days));
        if (isSorted) expect(groups.every((group) => !(group.rows instanceof Uint32Array))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

function floorDivide(a: bigint, b: bigint): bigint {
  return a / b - (a % b < 0n ? 1n : 0n);
}
