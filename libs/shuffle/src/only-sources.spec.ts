import fc from 'fast-check';
import type { Field } from '@ticklake/columnar';
import { onlySources } from './only-sources.js';
import { createRouter } from './router.js';
import { ARENA } from './spec-support/test-arena.js';
import { createMemorySpill } from './spill.js';

const FIELDS: readonly Field[] = [
  { name: 'time', type: { kind: 'int', bits: 64, signed: true }, nullable: false },
];

/** The one partition of rows of sources, a time each. */
async function partitionOf(rows: readonly (readonly [source: number, times: readonly number[]])[]) {
  const router = createRouter<string>(ARENA, FIELDS, createMemorySpill());
  for (const [source, times] of rows) {
    const columns = [{ layout: 'fixed', values: BigInt64Array.from(times, BigInt) } as const];
    await router.add(source, { rowCount: times.length, columns }, [{ key: 'all', rows: [0, times.length] }]);
  }
  router.release();
  return router.partitions.get('all');
}

it('is as if the other sources had never come', async () => {
  const times = fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat({ max: 3 }), times), { minLength: 1 }), async (rows) => {
      const isWanted = (source: number) => source % 2 === 0;
      const all = await partitionOf(rows);
      const expected = await partitionOf(rows.filter(([source]) => isWanted(source)));
      if (all === undefined) throw new Error('there are rows');
      const { rowCount, multiset, sources, isSorted, parts } = onlySources(all, isWanted);
      expect(rowCount).toBe(expected?.rowCount ?? 0);
      expect(sources).toEqual(expected?.sources ?? []);
      expect(isSorted).toBe(expected?.isSorted ?? true);
      expect(parts.map(({ source }) => source)).toEqual(expected?.parts.map(({ source }) => source) ?? []);
      if (expected !== undefined) expect(multiset).toBe(expected.multiset);
    }),
    { numRuns: 200 },
  );
});
