import fc from 'fast-check';
import { createGapFinder, type Gap } from './find-gaps.js';

const DAY = { start: 1000n, end: 2000n };

/** Every pair of neighbours, row by row. */
function naiveGaps(times: readonly bigint[], threshold: bigint): Gap[] {
  const inside = times.map((time) => (time < DAY.start ? DAY.start : time > DAY.end ? DAY.end : time));
  const points = [DAY.start, ...inside, DAY.end];
  return points
    .slice(1)
    .map((to, i) => ({ from: points[i] as bigint, to }))
    .filter(({ from, to }) => to - from > threshold);
}

function findGaps(pieces: readonly (readonly bigint[])[], threshold: bigint, gapsMax = 10_000) {
  const finder = createGapFinder({ ...DAY, threshold, gapsMax });
  for (const piece of pieces) finder.add(BigInt64Array.from(piece));
  return finder.finish();
}

const ascending = fc
  .array(fc.bigInt({ min: 800n, max: 2200n }), { maxLength: 200 })
  .map((times) => times.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));

it('finds what looking at every row finds, however the rows come', () => {
  fc.assert(
    fc.property(
      ascending,
      fc.bigInt({ min: 0n, max: 300n }),
      fc.nat({ max: 200 }),
      (times, threshold, cut) => {
        const expected = naiveGaps(times, threshold);
        const { gaps, gapCount, silent } = findGaps([times.slice(0, cut), times.slice(cut)], threshold);
        expect(gaps).toEqual(expected);
        expect(gapCount).toBe(expected.length);
        expect(silent).toBe(expected.reduce((sum, { from, to }) => sum + to - from, 0n));
      },
    ),
  );
});

it('keeps the longest where there are too many, and counts them all', () => {
  fc.assert(
    fc.property(ascending, fc.integer({ min: 1, max: 5 }), (times, gapsMax) => {
      const expected = naiveGaps(times, 3n);
      const { gaps, gapCount } = findGaps([times], 3n, gapsMax);
      const longest = expected
        .toSorted((a, b) => Number(b.to - b.from - (a.to - a.from)))
        .slice(0, gapsMax)
        .sort((a, b) => Number(a.from - b.from));
      expect(gaps).toEqual(longest);
      expect(gapCount).toBe(expected.length);
    }),
  );
});

it('a day without a row is one gap from its beginning to its end', () => {
  expect(findGaps([], 100n).gaps).toEqual([{ from: 1000n, to: 2000n }]);
});

it('tells silence at the beginning and at the end, and none outside of the day', () => {
  expect(findGaps([[100n, 1500n, 1550n, 3000n]], 400n).gaps).toEqual([
    { from: 1000n, to: 1500n },
    { from: 1550n, to: 2000n },
  ]);
});

it('a silence of just the threshold is none', () => {
  expect(findGaps([[1000n, 1500n, 2000n]], 500n).gapCount).toBe(0);
});
