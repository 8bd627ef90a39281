import type { RecordBatch } from '@ticklake/columnar';
import { equalBatches } from '@ticklake/columnar/testing';
import { memorySpill } from '@ticklake/merge/testing';
import fc from 'fast-check';
import { differingRows, openDuckDb, type DuckDbOracle } from './spec-support/duckdb-oracle.js';
import { ARENA } from './spec-support/test-arena.js';
import {
  expectSameMerge,
  fileOf,
  mergeOf,
  mergeOptions,
  outputSchema,
  readBack,
  testFile,
  type TestMerge,
} from './spec-support/test-files.js';
import {
  arbitraryRows,
  hashesOf,
  keyedRows,
  sampleRows,
  sorted,
  whole,
  SCHEMA,
} from './spec-support/test-rows.js';

let duckdb: DuckDbOracle;
beforeAll(async () => {
  duckdb = await openDuckDb();
});
afterAll(() => duckdb.close());
afterEach(() => expect(ARENA.usedBytes).toBe(0));

/** Files of a merge and how they are merged; `spread` tells how far apart their keys are. */
const CASES = fc
  .record({ fileCount: fc.nat({ max: 6 }), spread: fc.constantFrom(0n, 3n, 6n, 20n) })
  .chain(({ fileCount, spread }) =>
    fc.record({
      parts: fc.tuple(...Array.from({ length: fileCount }, (_, i) => arbitraryRows(12, BigInt(i) * spread))),
      shapes: fc.array(
        fc.record({
          isSorted: fc.boolean(),
          windowed: fc.boolean(),
          rowGroupRows: fc.integer({ min: 1, max: 8 }),
          compression: fc.constantFrom('snappy', 'snappy', 'zstd'),
        }),
        { minLength: fileCount, maxLength: fileCount },
      ),
      merge: fc.record({
        orderBy: fc.constantFrom(['ts_event'], ['ts_event', 'seq']),
        copyRowsMin: fc.constantFrom(undefined, 1, 3),
        rowGroupRows: fc.integer({ min: 1, max: 12 }),
        openMax: fc.integer({ min: 2, max: 7 }),
        sortRows: fc.integer({ min: 1, max: 14 }),
        sequence: fc.constantFrom(
          undefined,
          { after: 'ts_event', name: 'seq' },
          { after: 'day', name: 'number' },
        ),
      }),
    }),
  );

it('merges to a stable sort of the concatenation, numbered and proved, whatever files, row groups and limits', async () => {
  await fc.assert(
    fc.asyncProperty(CASES, async ({ parts, shapes, merge }) => {
      const { orderBy } = merge;
      const rows = parts.map((part, i) => (shapes[i]?.isSorted === true ? sorted(part, orderBy) : part));
      const files = await Promise.all(
        rows.map(async (part, i) =>
          testFile(`f${i}`, await fileOf(part, shapes[i]), { ...shapes[i], orderBy }),
        ),
      );
      const spill = memorySpill({ arena: ARENA, orderBy, pieceRows: 3 });
      const proveWithout = ['seq', 'number'];
      const { bytes, merged } = await mergeOf(files, { ...merge, spill, proveWithout });
      const expected = sorted(whole(SCHEMA, rows), orderBy);
      const found = await readBack(bytes);
      expect(equalBatches(found, numbered(expected, merge))).toBeUndefined();
      const read = await Promise.all(files.map((file) => readBack(file.bytes)));
      expect(merged.proof).toEqual({
        files: read.map((one) => hashesOf(one, proveWithout).taken),
        ordered: hashesOf(found, proveWithout).ordered,
      });
      expect(merged.rowCount).toBe(expected.rowCount);
      if (merge.copyRowsMin === undefined) expect(merged.copiedRows).toBe(0);
      expect(files.map(({ calls }) => calls.open)).toEqual(rows.map(({ rowCount }) => Math.min(rowCount, 1)));
      expect(spill.open.size).toBe(0);
      expect(ARENA.usedBytes).toBe(0);
    }),
    { numRuns: 120 },
  );
});

it.each([
  ['one order column', { orderBy: ['ts_event'] }],
  ['two order columns', { orderBy: ['ts_event', 'seq'] }],
  ['copied row groups', { orderBy: ['ts_event'], copyRowsMin: 1 }],
  ['spilled runs', { orderBy: ['ts_event', 'seq'], openMax: 2 }],
  ['unsorted files', { orderBy: ['ts_event'], sortRows: 100 }],
])('DuckDB sorts the same files to the same rows: %s', async (name, given) => {
  const { orderBy } = given;
  const inputs: string[] = [];
  const files = await Promise.all(
    Array.from({ length: 9 }, async (_, i) => {
      const batch = keyedRows(200, { seed: i, from: i * 40, ties: 3 });
      const bytes = await fileOf(name === 'unsorted files' ? batch : sorted(batch, orderBy), {
        rowGroupRows: 64,
      });
      inputs.push(duckdb.save(`input-${i}`, bytes));
      return testFile(`input-${i}`, bytes, { orderBy });
    }),
  );
  inputs.sort();
  const sequence = { after: 'ts_event', name: 'number' };
  const { bytes } = await mergeOf(files, { ...given, sequence, rowGroupRows: 500 });
  const output = duckdb.save('output', bytes);
  const columns = SCHEMA.fields.map((field) => field.name);
  expect(await differingRows(duckdb, { inputs, output, orderBy, columns, sequence: 'number' })).toBe(0);
});

it('goes through spills where more files overlap than may be open, and tells nothing of it', async () => {
  const orderBy = ['ts_event'];
  const files = await Promise.all(
    Array.from({ length: 30 }, async (_, i) =>
      testFile(`f${String(i).padStart(2, '0')}`, await fileOf(sorted(keyedRows(20, { seed: i }), orderBy)), {
        orderBy,
      }),
    ),
  );
  const spill = memorySpill({ arena: ARENA, orderBy, pieceRows: 3 });
  const through = await mergeOf(files, { openMax: 3, spill });
  expect(spill.names.some((name) => name.startsWith('merge-2-'))).toBe(true);
  expect(spill.open.size).toBe(0);
  expectSameMerge(await mergeOf(files, { openMax: 100 }), through);
});

it('tells after every row group how many rows have been written', async () => {
  const orderBy = ['ts_event'];
  const file = await testFile('a', await fileOf(sorted(keyedRows(10, { seed: 1 }), orderBy)), { orderBy });
  const told: number[] = [];
  await mergeOf([file], { rowGroupRows: 4, onRows: (rows) => told.push(rows) });
  expect(told).toEqual([4, 8, 10]);
});

it('of no files, and of files without rows, is a file without rows', async () => {
  const orderBy = ['ts_event'];
  const empty = await testFile('a', await fileOf(sampleRows(0, 1)), { orderBy });
  for (const files of [[], [empty]]) {
    const { bytes, merged } = await mergeOf(files, { copyRowsMin: 1 });
    expect((await readBack(bytes)).rowCount).toBe(0);
    expect(merged).toMatchObject({ rowCount: 0, copiedRows: 0 });
    expect(merged.proof?.files).toEqual(files.map(() => ({ rowCount: 0, multiset: '0'.repeat(32) })));
  }
});

/** Expected rows with the sequence column of a merge. */
function numbered(batch: RecordBatch, merge: TestMerge): RecordBatch {
  const schema = outputSchema(mergeOptions(merge));
  const values = BigInt64Array.from({ length: batch.rowCount }, (_, i) => BigInt(i));
  const columns = schema.fields.map(({ name }) => {
    if (name === merge.sequence?.name) return { layout: 'fixed' as const, values };
    return batch.columns[SCHEMA.fields.findIndex((field) => field.name === name)]!;
  });
  return { schema, rowCount: batch.rowCount, columns };
}
