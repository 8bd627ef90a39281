import fc from 'fast-check';
import { cutRuns } from './cut-runs.js';
import { areInOrder } from './only-sources.js';
import type { RoutedRows } from './routed-partition.js';

/** Parts, by the times of their rows. */
function partsOf(...all: readonly (readonly number[])[]): readonly RoutedRows[] {
  return all.map((times, offset) => ({
    ...{ source: 0, offset, rowCount: times.length, sizeBytes: 0 },
    ...{ firstTime: times[0] ?? 0, lastTime: times.at(-1) ?? 0 },
    ...{ timeMin: Math.min(...times), timeMax: Math.max(...times) },
    isSorted: times.every((time, i) => i === 0 || (times[i - 1] ?? 0) <= time),
  }));
}

const cut = (parts: readonly RoutedRows[], sortRowsMax: number, runsMax: number) => [
  ...cutRuns(parts, { sortRowsMax, runsMax }),
];

describe('runs of parts', () => {
  it.each<[string, readonly (readonly number[])[], number, number, readonly (readonly number[])[]]>([
    ['nothing of nothing', [], 4, 2, []],
    [
      'what lies in order, however much',
      [[1, 2], [2, 3], [3], [0, 1], [5]],
      4,
      2,
      [
        [0, 1, 2],
        [3, 4],
      ],
    ],
    [
      'what does not, as much as fits',
      [
        [2, 1],
        [2, 1],
        [2, 1],
      ],
      4,
      2,
      [[0, 1], [2]],
    ],
    [
      'a part that does not fit by itself',
      [
        [2, 1],
        [3, 2, 1],
        [1, 0],
      ],
      2,
      2,
      [[0], [1], [2]],
    ],
    ['few rows in order with their neighbours', [[2, 1], [9], [3], [2]], 6, 2, [[0, 1, 2, 3]]],
    ['many rows in order without them', [[2, 1], [3, 4, 5], [2, 1], [0]], 6, 2, [[0], [1], [2, 3]]],
    [
      'rows in descending order, one by one',
      [[6], [5], [4], [3], [2], [1]],
      4,
      2,
      [
        [0, 1, 2, 3],
        [4, 5],
      ],
    ],
  ])('are %s', (_, times, sortRowsMax, runsMax, expected) => {
    const runs = cut(partsOf(...times), sortRowsMax, runsMax);
    expect(runs.map((run) => run.map(({ offset }) => offset))).toEqual(expected);
  });

  it('are all parts as they follow each other, few runs, and none to be sorted that does not fit', async () => {
    const times = fc.array(fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 4 }), { maxLength: 40 });
    const sizes = { sortRowsMax: fc.integer({ min: 1, max: 30 }), runsMax: fc.integer({ min: 2, max: 5 }) };
    await fc.assert(
      fc.asyncProperty(times, fc.record(sizes), (all, { sortRowsMax, runsMax }) => {
        const parts = partsOf(...all);
        const runs = cut(parts, sortRowsMax, runsMax);
        expect(runs.flat()).toEqual(parts);
        for (const run of runs) {
          const rowCount = run.reduce((sum, part) => sum + part.rowCount, 0);
          expect(areInOrder(run) || run.length === 1 || rowCount <= sortRowsMax).toBe(true);
        }
        const shares = parts.reduce((sum, part) => sum + part.rowCount, 0) / (sortRowsMax / runsMax);
        expect(runs.length).toBeLessThanOrEqual(2 * shares + 1);
        return Promise.resolve();
      }),
      { numRuns: 500 },
    );
  });
});
