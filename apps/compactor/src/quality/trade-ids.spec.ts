import fc from 'fast-check';
import { createTradeIdFinder, hasConsecutiveIds, type IdRange } from './trade-ids.js';

/** With every id in a set. */
function naive(ids: readonly number[]) {
  const seen = new Set(ids);
  const ranges: { from: number; to: number }[] = [];
  for (let id = Math.min(...ids); id < Math.max(...ids); id++) {
    if (seen.has(id)) continue;
    const last = ranges.at(-1);
    if (last?.to === id - 1) last.to = id;
    else ranges.push({ from: id, to: id });
  }
  return {
    missing: ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0),
    breaks: ranges.length,
    repeated: ids.length - seen.size,
    unreadable: 0,
    ranges: ranges as IdRange[],
  };
}

function summarize(ids: readonly (number | undefined)[], limits = { openMax: 10_000, rangesMax: 10_000 }) {
  const finder = createTradeIdFinder(limits);
  for (const id of ids) finder.add(id);
  return finder.finish();
}

it('counts what a set of all ids counts, in whatever order they come', () => {
  const some = fc.array(fc.integer({ min: 500, max: 620 }), { maxLength: 150 });
  fc.assert(fc.property(some, (ids) => expect(summarize(ids)).toEqual(ids.length === 0 ? none : naive(ids))));
});

it('with few breaks open at once it still counts ascending ids right', () => {
  const some = fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(some, (ids) => {
      ids.sort((a, b) => a - b);
      const { ranges, ...counts } = summarize(ids, { openMax: 4, rangesMax: 3 });
      const { ranges: all, ...expected } = naive(ids);
      expect(counts).toEqual(expected);
      expect(ranges).toHaveLength(Math.min(3, all.length));
      expect(all).toEqual(expect.arrayContaining([...ranges]));
    }),
  );
});

it('an id that comes after its break is final does not count as repeated', () => {
  const { missing, repeated } = summarize([0, 2, 4, 6, 8, 1], { openMax: 4, rangesMax: 10 });
  expect({ missing, repeated }).toEqual({ missing: 4, repeated: 0 });
});

it('what is no id is counted apart', () => {
  expect(summarize([5, undefined, 6])).toMatchObject({ missing: 0, unreadable: 1 });
});

it('only exchanges that number trades one by one are judged', () => {
  expect(hasConsecutiveIds({ exchange: 'binance', stream: 'trade' })).toBe(true);
  expect(hasConsecutiveIds({ exchange: 'binance', stream: 'bbo' })).toBe(false);
  expect(hasConsecutiveIds({ exchange: 'okx', stream: 'trade' })).toBe(false);
  expect(hasConsecutiveIds({ exchange: 'constructor', stream: 'trade' })).toBe(false);
});

const none = { missing: 0, breaks: 0, repeated: 0, unreadable: 0, ranges: [] };
