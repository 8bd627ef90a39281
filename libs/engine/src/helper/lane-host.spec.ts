import { localStore } from '@ticklake/storage';
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ARENA } from '../spec-support/test-arena.js';
import { expectSameMerge, fileOf, mergeOf, testFile } from '../spec-support/test-files.js';
import { lateHelper, testHelper } from '../spec-support/test-helper.js';
import { arbitraryRows, keyedRows, sampleRows, sorted, withKeys } from '../spec-support/test-rows.js';
import type { Helper } from './start-helper.js';

let directory: string;
let helper: Helper;
let usedBytes: number;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'ticklake-engine-'));
  helper = testHelper();
  usedBytes = ARENA.usedBytes;
});
afterAll(async () => {
  await helper.close();
  expect(ARENA.usedBytes).toBe(0);
  rmSync(directory, { recursive: true });
});
afterEach(() => expect(ARENA.usedBytes).toBe(usedBytes));

/** Sorted files in a local store. */
async function filesOf(
  batches: Parameters<typeof fileOf>[0][],
  options: { readonly orderBy: readonly string[]; readonly rowGroupRows: number; readonly windowed: boolean },
) {
  const { orderBy, rowGroupRows, windowed } = options;
  const store = localStore(directory);
  return Promise.all(
    batches.map(async (batch, i) => {
      const bytes = await fileOf(sorted(batch, orderBy), { rowGroupRows });
      const { key, etag } = await store.put(`f${i}.parquet`, bytes);
      return testFile(`f${i}`, bytes, { orderBy, windowed, place: { storeUrl: store.url, key, etag } });
    }),
  );
}

it('writes the same with a helper as without, and opens every file once', async () => {
  const cases = fc.record({
    parts: fc.integer({ min: 1, max: 5 }).chain((count) => {
      return fc.tuple(...Array.from({ length: count }, (_, i) => arbitraryRows(12, BigInt(i) * 4n)));
    }),
    windowed: fc.boolean(),
    rowGroupRows: fc.integer({ min: 1, max: 8 }),
    merge: fc.record({
      orderBy: fc.constantFrom(['ts_event'], ['ts_event', 'seq']),
      copyRowsMin: fc.constantFrom(undefined, 1, 3),
      rowGroupRows: fc.integer({ min: 1, max: 9 }),
      openMax: fc.constantFrom(3, 100),
      sequence: fc.constantFrom(undefined, { after: 'ts_event', name: 'seq' }),
      proveWithout: fc.constantFrom(undefined, ['seq']),
    }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ parts, windowed, rowGroupRows, merge }) => {
      const files = await filesOf(parts, { ...merge, rowGroupRows, windowed });
      const alone = await mergeOf(files, merge);
      for (const { calls } of files) calls.open = 0;
      expectSameMerge(await mergeOf(files, { ...merge, helper }), alone);
      expect(files.map(({ calls }) => calls.open)).toEqual(
        files.map(({ rowCount }) => Math.min(rowCount, 1)),
      );
      expect(ARENA.usedBytes).toBe(usedBytes);
    }),
    { numRuns: 40 },
  );
});

const LAW_OF_MANY = [
  // Runs are read one by one, and their lists are no more when the helper has read them.
  { name: 'long runs', keys: inTurns(300), rowGroupRows: 700, copyRowsMin: undefined },
  { name: 'short runs', keys: inTurns(1), rowGroupRows: 700, copyRowsMin: undefined },
  // The last list of a stretch has no rows, and one of its files goes on behind it.
  {
    name: 'stretches that end where a row group does',
    keys: (file: number, row: number) => file * 1000 + row,
    rowGroupRows: 500,
    copyRowsMin: 400,
  },
];

it.each(LAW_OF_MANY)('and of many rows: $name', async ({ keys, copyRowsMin, rowGroupRows }) => {
  const orderBy = ['ts_event'];
  const batches = [2000, 2000, 4000].map((rowCount, file) =>
    withKeys(
      sampleRows(rowCount, file),
      Array.from({ length: rowCount }, (_, row) => BigInt(keys(file, row))),
    ),
  );
  for (const windowed of [false, true]) {
    const files = await filesOf(batches, { orderBy, rowGroupRows: 500, windowed });
    const merge = { orderBy, copyRowsMin, rowGroupRows };
    await expectSharedAlike(files, merge);
  }
});

it('and where it merges and copies in turn, and what is merged makes whole row groups', async () => {
  const orderBy = ['ts_event'];
  const store = localStore(directory);
  const parts = [
    { from: 0, groupRows: [100, 150, 100, 150, 100] },
    { from: 700, groupRows: [100] },
    { from: 800, groupRows: [100] },
  ];
  const files = await Promise.all(
    parts.map(async ({ from, groupRows }, i) => {
      const rowCount = groupRows.reduce((sum, rows) => sum + rows, 0);
      const keys = Array.from({ length: rowCount }, (_, row) => BigInt(from + row));
      const bytes = await fileOf(withKeys(sampleRows(rowCount, i), keys), { groupRows });
      const { key, etag } = await store.put(`f${i}.parquet`, bytes);
      return testFile(`f${i}`, bytes, { orderBy, place: { storeUrl: store.url, key, etag } });
    }),
  );
  await expectSharedAlike(files, { orderBy, copyRowsMin: 150, rowGroupRows: 100 });
});

/** With a thread, and with one that is as late as a thread can be. Every file is opened once. */
async function expectSharedAlike(
  files: Awaited<ReturnType<typeof filesOf>>,
  merge: NonNullable<Parameters<typeof mergeOf>[1]>,
): Promise<void> {
  const alone = await mergeOf(files, merge);
  const late = lateHelper();
  for (const one of [helper, late]) {
    for (const { calls } of files) calls.open = 0;
    expectSameMerge(await mergeOf(files, { ...merge, helper: one }), alone);
    expect(files.map(({ calls }) => calls.open)).toEqual(files.map(() => 1));
  }
  expect(late.calls.ask).toBeGreaterThan(3);
  await late.close();
}

it('opens what a merge begins with before the first list is known', async () => {
  const files = await filesOf([keyedRows(100, { seed: 1 }), keyedRows(100, { seed: 2 })], {
    ...{ orderBy: ['ts_event'], rowGroupRows: 50, windowed: true },
  });
  const late = lateHelper();
  const asked: string[] = [];
  const recorded: Helper = {
    ask(request) {
      asked.push(request.type);
      return late.ask(request);
    },
    close: () => late.close(),
  };
  await mergeOf(files, { orderBy: ['ts_event'], rowGroupRows: 70, helper: recorded });
  expect(asked.slice(0, asked.indexOf('gather'))).toEqual(['openLane', 'ranges', 'open', 'open']);
  expect(asked.filter((type) => type === 'open')).toHaveLength(2);
  await recorded.close();
});

/** Keys with which three files take turns, a number of rows each. */
function inTurns(rowCount: number): (file: number, row: number) => number {
  return (file, row) => Math.floor(row / rowCount) * rowCount * 3 + file * rowCount + (row % rowCount);
}

it('refuses a file that is no longer the one that was listed', async () => {
  const options = { orderBy: ['ts_event'], rowGroupRows: 50, windowed: true };
  const files = await filesOf([keyedRows(100, { seed: 1 }), keyedRows(100, { seed: 2 })], options);
  await localStore(directory).put('f1.parquet', Buffer.from('another'));
  await expect(mergeOf(files, { ...options, helper })).rejects.toMatchObject({
    kind: 'conflict',
    details: { key: 'f1.parquet' },
  });
});

it('holds no more after many failures than after one', async () => {
  // Less than what a merge that failed could leave, times the number of them.
  const small = testHelper(8 << 20);
  const options = { orderBy: ['ts_event'], rowGroupRows: 500, windowed: true };
  const files = await filesOf([keyedRows(1000, { seed: 1 }), keyedRows(1000, { seed: 2 })], options);
  const target = { write: () => Promise.reject(new Error('disk full')) };
  for (let i = 0; i < 60; i++) {
    await expect(mergeOf(files, { ...options, helper: small, target })).rejects.toThrow('disk full');
  }
  expect((await mergeOf(files, { ...options, helper: small })).merged.rowCount).toBe(2000);
  await small.close();
});

it('says that its memory is not enough as an arena does', async () => {
  const tiny = testHelper(1 << 10);
  const options = { orderBy: ['ts_event'], rowGroupRows: 50, windowed: true };
  const files = await filesOf([keyedRows(100, { seed: 1 })], options);
  await expect(mergeOf(files, { ...options, helper: tiny })).rejects.toMatchObject({
    kind: 'invalid',
    code: 'MEMORY',
  });
  await tiny.close();
});
