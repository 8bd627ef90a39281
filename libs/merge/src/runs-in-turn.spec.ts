import fc from 'fast-check';
import { runsInTurn } from './runs-in-turn.js';
import { ARENA } from './spec-support/test-arena.js';

const signal = new AbortController().signal;
const cases = fc.record({
  rowCounts: fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 12 }),
  outputRows: fc.integer({ min: 1, max: 40 }),
  rowsBefore: fc.integer({ min: 0, max: 100 }),
  openMax: fc.integer({ min: 1, max: 5 }),
});

afterEach(() => expect(ARENA.usedBytes).toBe(0));

it('names every row once, source by source, in lists that end where batches do', () => {
  fc.assert(
    fc.property(cases, ({ rowCounts, outputRows, rowsBefore, openMax }) => {
      const rows: number[] = [];
      const ended: number[] = [];
      let given = rowsBefore;
      for (const list of runsInTurn(rowCounts, { arena: ARENA, outputRows, rowsBefore, openMax, signal })) {
        expect(list.runCount).toBeLessThanOrEqual(openMax);
        expect(new Set(list.sources).size).toBe(list.runCount);
        expect(list.rowCount).toBe(list.counts.reduce((sum, count) => sum + count, 0));
        list.sources.forEach((source, i) =>
          rows.push(...new Array<number>(list.counts[i] as number).fill(source)),
        );
        ended.push(...list.ended);
        // No list reaches into the next batch.
        expect(Math.floor(given / outputRows)).toBe(Math.floor((given + list.rowCount - 1) / outputRows));
        given += list.rowCount;
        // A source has ended with the list that has its last row.
        expect(ended.length).toBe(
          rowCounts.filter((_, source) => rows.filter((one) => one === source).length === rowCounts[source])
            .length,
        );
      }
      expect(rows).toEqual(rowCounts.flatMap((rowCount, source) => new Array<number>(rowCount).fill(source)));
      expect(ended).toEqual(rowCounts.map((_, source) => source));
    }),
  );
});

it('ends with `cancelled` when it is aborted', () => {
  const aborted = AbortSignal.abort();
  const lists = runsInTurn([1], { arena: ARENA, outputRows: 1, openMax: 1, signal: aborted });
  expect(() => [...lists]).toThrow(expect.objectContaining({ kind: 'cancelled' }));
});
