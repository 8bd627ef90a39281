import {
  concatBatches,
  dictionaryLength,
  sliceBatch,
  textColumn,
  type Column,
  type Field,
  type RecordBatch,
} from '@ticklake/columnar';
import { arbitraryBatch, equalBatches } from '@ticklake/columnar/testing';
import fc from 'fast-check';
import { createMergedBatch } from './merged-batch.js';
import { flatSchema } from './spec-support/arbitrary-rows.js';

/** Some batches, and of which one how many rows come next. */
const cases = flatSchema().chain((schema) =>
  fc.record({
    batches: fc.array(
      fc.nat({ max: 9 }).chain((rowCount) => arbitraryBatch(schema, rowCount)),
      { minLength: 1, maxLength: 4 },
    ),
    steps: fc.array(fc.record({ batch: fc.nat({ max: 3 }), rows: fc.integer({ min: 1, max: 4 }) })),
    takeEvery: fc.integer({ min: 1, max: 6 }),
  }),
);

it('is rows of batches as they were added', async () => {
  await fc.assert(
    fc.asyncProperty(cases, ({ batches, steps, takeEvery }) => {
      const { schema } = batches[0] as RecordBatch;
      const merged = createMergedBatch(schema.fields);
      const next = batches.map(() => 0);
      const added: RecordBatch[] = [];
      const taken: RecordBatch[] = [];
      const take = () => {
        if (merged.rowCount > 0) taken.push({ schema, ...merged.take() });
        expect(merged.rowCount).toBe(0);
      };
      for (const [i, { batch: at, rows }] of steps.entries()) {
        const batch = batches[at];
        const start = next[at] ?? 0;
        const end = Math.min(start + rows, batch?.rowCount ?? 0);
        if (batch === undefined || end === start) continue;
        merged.add(batch, start, end);
        added.push(sliceBatch(batch, start, end));
        next[at] = end;
        if (i % takeEvery === 0) take();
      }
      take();
      expect(taken.length > 0).toBe(added.length > 0);
      if (added.length > 0) expect(equalBatches(concatBatches(taken), concatBatches(added))).toBeUndefined();
      return Promise.resolve();
    }),
    { numRuns: 300 },
  );
});

describe('rows of merged batches', () => {
  const fields: readonly Field[] = [{ name: 'trade_id', type: { kind: 'utf8' }, nullable: false }];
  const { values: dictionary } = textColumn(['a', 'b', 'c', 'd']);
  const ids: Column = { layout: 'dictionary', codes: Uint32Array.of(0, 1, 2, 3), dictionary };

  it('have their own entries only, whether of one batch or of several', () => {
    const merged = createMergedBatch(fields);
    const [one, other] = [
      { rowCount: 4, columns: [ids] },
      { rowCount: 4, columns: [ids] },
    ] as const;
    const entries = (column: Column | undefined) =>
      column?.layout === 'dictionary' ? dictionaryLength(column.dictionary) : undefined;
    merged.add(one, 0, 1);
    expect(entries(merged.take().columns[0])).toBe(1);
    merged.add(one, 1, 2);
    merged.add(other, 0, 1);
    merged.add(one, 2, 3);
    expect(entries(merged.take().columns[0])).toBe(3);
  });

  it('follow each other in their batch', () => {
    const merged = createMergedBatch(fields);
    const batch = { rowCount: 4, columns: [ids] };
    merged.add(batch, 0, 1);
    expect(() => merged.add(batch, 2, 3)).toThrow(
      'assertion failed: rows of a batch are added one after another',
    );
  });
});
