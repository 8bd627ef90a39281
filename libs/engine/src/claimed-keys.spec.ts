import { emptyColumn, type DataType } from '@ticklake/columnar';
import fc from 'fast-check';
import { claimedKeys } from './claimed-keys.js';
import { scanKeys } from './scan-keys.js';
import { ARENA } from './spec-support/test-arena.js';
import { expectSameMerge, fileOf, mergeOf, openBytes, testFile } from './spec-support/test-files.js';
import { arbitraryRows, keyedRows, sorted, withKeys } from './spec-support/test-rows.js';

const INT64: DataType = { kind: 'int', bits: 64, signed: true };

afterEach(() => expect(ARENA.usedBytes).toBe(0));

async function claim(bytes: Uint8Array, orderBy: readonly string[]) {
  const reader = await openBytes(bytes);
  try {
    return claimedKeys(reader, orderBy);
  } finally {
    reader.close();
  }
}

/** A file of a merge that is believed what it claims. */
async function believed(name: string, bytes: Uint8Array, orderBy: readonly string[]) {
  const scanned = await testFile(name, bytes, { orderBy });
  return { ...scanned, ...(await claim(bytes, orderBy)) };
}

it('is what a scan tells of a sorted file, but for rows that are not read', async () => {
  const cases = fc.record({
    rows: arbitraryRows(30),
    orderBy: fc.constantFrom(['ts_event'], ['ts_event', 'seq']),
    rowGroupRows: fc.integer({ min: 1, max: 12 }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ rows, orderBy, rowGroupRows }) => {
      const bytes = await fileOf(sorted(rows, orderBy), { rowGroupRows });
      const reader = await openBytes(bytes);
      const { isSorted, rowGroups } = await scanKeys(ARENA, reader, orderBy);
      reader.close();
      expect(await claim(bytes, orderBy)).toEqual({ rowGroups, isSorted, isSortedByFirst: true });
    }),
    { numRuns: 50 },
  );
});

it('leaves out row groups without rows', async () => {
  const bytes = await fileOf(sorted(keyedRows(10, { seed: 1 }), ['ts_event']), { groupRows: [0, 4, 0, 6] });
  expect((await claim(bytes, ['ts_event']))?.rowGroups.map(({ rowGroup }) => rowGroup)).toEqual([1, 3]);
});

it('tells nothing where the footer says that row groups are not in order', async () => {
  const bytes = await fileOf(withKeys(keyedRows(6, { seed: 1 }), [1n, 2n, 5n, 3n, 6n, 7n]), {
    rowGroupRows: 3,
  });
  expect(await claim(bytes, ['ts_event'])).toBeUndefined();
});

it('tells nothing where the footer states no bounds', async () => {
  const schema = { fields: [{ name: 'ts', type: INT64, nullable: true }] };
  const nulls = { layout: 'fixed', values: new BigInt64Array(2), validity: new Uint8Array(2) } as const;
  const bytes = await fileOf({ schema, rowCount: 2, columns: [nulls] });
  expect(await claim(bytes, ['ts'])).toBeUndefined();
});

it.each<[string, DataType]>([
  ['uint64', { kind: 'int', bits: 64, signed: false }],
  ['dates', { kind: 'date' }],
])('refuses order columns that are no keys: %s', async (_, type) => {
  const fields = [
    { name: 'ts', type: INT64, nullable: false },
    { name: 'other', type, nullable: false },
  ];
  const bytes = await fileOf({
    schema: { fields },
    rowCount: 0,
    columns: fields.map((field) => emptyColumn(field.type)),
  });
  await expect(claim(bytes, ['ts', 'other'])).rejects.toMatchObject({
    kind: 'corrupt',
    code: 'SCHEMA_MISMATCH',
    details: { column: 'other' },
  });
});

it.each([
  { name: 'alone', others: [] },
  { name: 'among others', others: [[2n, 4n, 6n]] },
])('is found out by a merge where rows do not ascend: $name', async ({ others }) => {
  const orderBy = ['ts_event'];
  const files = await Promise.all(
    [[1n, 5n, 3n, 7n], ...others].map(async (keys, i) =>
      believed(`f${i}`, await fileOf(withKeys(keyedRows(keys.length, { seed: i }), keys)), orderBy),
    ),
  );
  await expect(mergeOf(files, { orderBy })).rejects.toMatchObject({
    kind: 'corrupt',
    code: 'UNSORTED',
    details: { source: 'f0' },
  });
});

it('merges to the same as a scan, whatever is copied', async () => {
  const cases = fc.record({
    parts: fc.array(arbitraryRows(12), { minLength: 1, maxLength: 4 }),
    orderBy: fc.constantFrom(['ts_event'], ['ts_event', 'seq']),
    copyRowsMin: fc.constantFrom(undefined, 1, 3),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ parts, orderBy, copyRowsMin }) => {
      const bytes = await Promise.all(parts.map(async (part) => fileOf(sorted(part, orderBy))));
      const scanned = await Promise.all(bytes.map((one, i) => testFile(`f${i}`, one, { orderBy })));
      const claimed = await Promise.all(bytes.map((one, i) => believed(`f${i}`, one, orderBy)));
      const merge = { orderBy, copyRowsMin };
      expectSameMerge(await mergeOf(claimed, merge), await mergeOf(scanned, merge));
    }),
    { numRuns: 50 },
  );
});
