import { assert } from '@ticklake/core';
import { memorySink } from '@ticklake/parquet/testing';
import { createScratchSpill } from './scratch-spill.js';
import { nodeFileSystem } from '@ticklake/storage';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Helper } from './helper/start-helper.js';
import { ARENA } from './spec-support/test-arena.js';
import {
  fileOf,
  mergeOf,
  mergeOptions,
  openBytes,
  outputSchema,
  SMALL,
  testFile,
  type TestFile,
  type TestMerge,
} from './spec-support/test-files.js';
import { testHelper } from './spec-support/test-helper.js';
import { keyedRows, sampleRows, sorted, withKeys, SCHEMA } from './spec-support/test-rows.js';
import { createParquetSink, USUAL_LIMITS } from '@ticklake/parquet';
import { memorySpill } from '@ticklake/merge/testing';
import { shortArena } from '@ticklake/columnar/testing';
import type { RecordBatch } from '@ticklake/columnar';
import { mergeFiles } from './merge-files.js';

const PLACE = { storeUrl: 'memory:', key: 'nobody opens it', etag: '' };
const ONE = ['ts_event'];
const BOTH = ['ts_event', 'seq'];

describe.each(['one thread', 'a helper'])('with %s', (threads) => {
  let helper: Helper | undefined;
  let usedBytes = 0;
  beforeAll(() => {
    helper = threads === 'a helper' ? testHelper() : undefined;
    usedBytes = ARENA.usedBytes;
  });
  afterAll(() => helper?.close());
  // Whatever happened, nothing of the arena stays taken, and the helper is good for the next merge.
  afterEach(async () => {
    expect(ARENA.usedBytes).toBe(usedBytes);
    const { merged } = await mergeOf(await overlapping(), { helper });
    expect(merged.rowCount).toBe(300);
  });

  it.each(SCHEMA.fields.map(({ name }) => name))(
    'names the file and the column of a damaged page of %s, merged or copied',
    async (column) => {
      for (const copyRowsMin of [undefined, 1]) {
        const files = await overlapping(copyRowsMin === undefined ? 40 : 1000);
        const [first, second, third] = files as [TestFile, TestFile, TestFile];
        const bytes = await damaged(second.bytes, column);
        const broken = { ...second, open: () => openBytes(bytes) };
        await expect(mergeOf([first, broken, third], { helper, copyRowsMin })).rejects.toMatchObject({
          kind: 'corrupt',
          code: 'CRC_MISMATCH',
          details: { source: 'b', column: expect.stringMatching(new RegExp(`^${column}`)), rowGroup: 1 },
        });
      }
    },
  );

  it.each([0, 1, 3])('ends with `cancelled` when it is aborted after %d row groups', async (groups) => {
    for (const copyRowsMin of [undefined, 1]) {
      const files = await overlapping(copyRowsMin === undefined ? 40 : 1000);
      const controller = new AbortController();
      let told = 0;
      const onRows = () => {
        if (++told === groups) controller.abort(new Error('enough'));
      };
      if (groups === 0) controller.abort(new Error('enough'));
      const merge = { helper, copyRowsMin, rowGroupRows: 30, signal: controller.signal, onRows };
      await expect(mergeOf(files, merge)).rejects.toMatchObject({
        kind: 'cancelled',
        cause: new Error('enough'),
      });
    }
  });

  it.each([1, 5, 40])('passes on what the target says to write number %d', async (failing) => {
    for (const copyRowsMin of [undefined, 1]) {
      const files = await overlapping(copyRowsMin === undefined ? 40 : 1000);
      let writes = 0;
      const target = {
        write: () => (++writes === failing ? Promise.reject(new Error('disk full')) : Promise.resolve()),
      };
      const merge = { helper, copyRowsMin, rowGroupRows: 30, target };
      await expect(mergeOf(files, merge)).rejects.toThrow('disk full');
    }
  });

  it('passes on what opening a file says', async () => {
    for (const failing of [0, 2]) {
      const files = (await overlapping()).map((file, i) =>
        i === failing ? { ...file, open: () => Promise.reject(new Error('gone')) } : file,
      );
      await expect(mergeOf(files, { helper })).rejects.toThrow('gone');
    }
  });

  it.each(lies())(
    'finds that %s',
    async (_, { rows, merge = {}, change, code, isHarmlessMerged = false }) => {
      // Copied, taken in turn with a file behind it, and merged with one that reaches from before it to behind it.
      const ways = [
        { copyRowsMin: 1, others: [500n] },
        ...(isHarmlessMerged ? [] : [{ others: [500n] }, { others: [-1n, 500n] }]),
      ];
      for (const { copyRowsMin, others } of ways as { copyRowsMin?: number; others: bigint[] }[]) {
        const orderBy = merge.orderBy ?? ONE;
        const honest = await testFile('b', await fileOf(rows, { rowGroupRows: 10 }), {
          orderBy,
          place: PLACE,
        });
        const other = await testFile('c', await fileOf(rowsOf(others)), { orderBy, place: PLACE });
        const merged = mergeOf([{ ...honest, ...change(honest) }, other], { ...merge, helper, copyRowsMin });
        await expect(merged).rejects.toMatchObject({ kind: 'corrupt', code, details: { source: 'b' } });
      }
    },
  );

  it('leaves the thread alone where there is only one column for two', async () => {
    const schema = { fields: SCHEMA.fields.slice(0, 1) };
    const rows = rowsOf([1n, 2n, 3n, 4n, 5n]);
    const file = await testFile('a', await fileOf({ ...rows, schema, columns: rows.columns.slice(0, 1) }), {
      ...{ orderBy: ONE, place: PLACE },
    });
    const { merged } = await mergeOf([file], { helper, schema, proveWithout: [] });
    expect(merged.rowCount).toBe(5);
  });
});

it('closes a file with its last row, however many others the list of rows has', async () => {
  const files = await Promise.all(
    Array.from({ length: 12 }, async (_, i) =>
      testFile(`f${i}`, await fileOf(rowsOf([BigInt(i)])), { orderBy: ONE }),
    ),
  );
  let [open, most] = [0, 0];
  const watched = files.map((file) => ({
    ...file,
    async open() {
      most = Math.max(most, ++open);
      const reader = await file.open();
      const close = reader.close.bind(reader);
      return Object.assign(reader, { close: () => (open--, close()) });
    },
  }));
  const { merged } = await mergeOf(watched, { rowGroupRows: 100, openMax: 100 });
  expect(merged.rowCount).toBe(12);
  expect({ open, most }).toEqual({ open: 0, most: 1 });
});

it('leaves neither memory nor scratch files when it fails after some runs were spilled', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ticklake-engine-'));
  const files = await overlapping();
  const last = await damaged(files[2]!.bytes, 'side');
  const broken = [...files.slice(0, 2), { ...files[2]!, open: () => openBytes(last) }];
  const spill = createScratchSpill({
    ...{ arena: ARENA, directory, fileSystem: nodeFileSystem, orderBy: ONE, limits: USUAL_LIMITS },
  });
  await expect(mergeOf(broken, { openMax: 2, spill })).rejects.toMatchObject({ code: 'CRC_MISMATCH' });
  await spill.dispose();
  expect(readdirSync(directory)).toEqual([]);
  expect(ARENA.usedBytes).toBe(0);
  rmSync(directory, { recursive: true });
});

it.each([
  ['merges by keys', 40, { orderBy: BOTH }],
  ['takes files in turn', 1000, { orderBy: BOTH, sequence: { after: 'ts_event', name: 'seq' } }],
  ['copies', 1000, { copyRowsMin: 1 }],
  ['sorts and spills', 1000, { sortRows: 30, orderBy: ['seq'] }],
] as [string, number, TestMerge][])(
  'leaves nothing wherever memory runs out while it %s',
  async (_, apart, merge) => {
    const files = await overlapping(apart, merge);
    const target = memorySink();
    let failed = 0;
    // At every one of the first blocks, and at fewer of the thousands behind them.
    for (let allocMax = 0; ; allocMax += 1 + Math.floor(allocMax / 15)) {
      const arena = shortArena(ARENA, allocMax);
      const opened = files.map((file) => ({ ...file, open: () => openBytes(file.bytes, { arena }) }));
      const spill = memorySpill({ arena, orderBy: merge.orderBy ?? ONE, pieceRows: 3 });
      const error: unknown = await mergeOf(opened, { ...merge, arena, spill, target }).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(ARENA.usedBytes).toBe(0);
      expect(spill.open.size).toBe(0);
      if (error === undefined) break;
      expect(error).toMatchObject({ kind: 'invalid', code: 'MEMORY' });
      failed++;
    }
    expect(failed).toBeGreaterThan(50);
  },
);

it('gives back what it has when the schema cannot be stored', async () => {
  const files = await overlapping();
  const options = mergeOptions({ encoding: { ...SMALL, zstdLevel: 99, compression: 'zstd' } });
  const tools = { target: memorySink(), arena: ARENA };
  const sink = createParquetSink(tools, outputSchema(options), { ...SMALL });
  await expect(mergeFiles(files, sink, options)).rejects.toMatchObject({ kind: 'invalid' });
  sink.close();
  expect(ARENA.usedBytes).toBe(0);
});

interface Lie {
  readonly rows: RecordBatch;
  readonly merge?: TestMerge;
  /** What is merged with its neighbours is checked with them. */
  readonly isHarmlessMerged?: boolean;
  readonly change: (file: TestFile) => Partial<TestFile>;
  readonly code: 'UNSORTED' | 'STATS_MISMATCH';
}

/** Files that are not what is known of them. */
function lies(): [string, Lie][] {
  const ascending = rowsOf(Array.from({ length: 30 }, (_, i) => BigInt(i)));
  const inGroup = (group: number, change: object) => (file: TestFile) => ({
    rowGroups: file.rowGroups.map((range, i) => (i === group ? { ...range, ...change } : range)),
  });
  const sortedOnly = () => ({ isSorted: true });
  const bounds = { code: 'STATS_MISMATCH', rows: ascending } as const;
  const descendingPairs = rowsOf(
    Array.from({ length: 20 }, (_, i) => (i < 9 ? 1n : i < 12 ? 2n : 3n)),
    Array.from({ length: 20 }, (_, i) => BigInt(i === 10 ? 0 : i)),
  );
  return [
    ['a first key is below the least', { ...bounds, change: inGroup(0, { min: 1n }) }],
    ['a key is above the greatest', { ...bounds, change: inGroup(2, { max: 28n }) }],
    [
      'keys of a row group in the middle are above',
      { ...bounds, isHarmlessMerged: true, change: inGroup(1, { max: 18n }) },
    ],
    [
      'keys of an unsorted file are above',
      {
        ...bounds,
        rows: rowsOf([5n, 3n, 9n]),
        change: inGroup(0, { max: 8n }),
      },
    ],
    [
      'keys of an unsorted file that is spilled are below',
      {
        ...bounds,
        rows: rowsOf([5n, 3n, 9n]),
        merge: { sortRows: 2 },
        change: inGroup(0, { min: 4n }),
      },
    ],
    [
      'a row group has more rows',
      { ...bounds, change: (file) => ({ ...inGroup(2, { rowCount: 9 })(file), rowCount: 29 }) },
    ],
    [
      'a row group has fewer rows',
      { ...bounds, change: (file) => ({ ...inGroup(2, { rowCount: 11 })(file), rowCount: 31 }) },
    ],
    [
      'row groups are others',
      {
        ...bounds,
        change: ({ rowGroups: [first, second, third] }) => ({
          rowGroups: [{ ...first!, rowCount: 11 }, { ...second!, rowCount: 9 }, third!],
        }),
      },
    ],
    [
      'there are more row groups',
      {
        ...bounds,
        isHarmlessMerged: true,
        change: ({ rowGroups }) => ({ rowGroups: [{ ...rowGroups[0]!, rowCount: 30, max: 29n }] }),
      },
    ],
    ['rows are not in order', { rows: rowsOf([1n, 3n, 2n]), change: sortedOnly, code: 'UNSORTED' }],
    [
      'row groups are not in order',
      {
        rows: rowsOf(Array.from({ length: 20 }, (_, i) => BigInt((i + 10) % 20))),
        change: sortedOnly,
        code: 'UNSORTED',
      },
    ],
    [
      'row groups overlap',
      {
        rows: rowsOf(Array.from({ length: 20 }, (_, i) => BigInt(i < 10 ? i : i - 3))),
        change: sortedOnly,
        code: 'UNSORTED',
      },
    ],
    [
      'second keys are not in order where a row group ends',
      { rows: descendingPairs, merge: { orderBy: BOTH }, change: sortedOnly, code: 'UNSORTED' },
    ],
  ];
}

/** Three files of a hundred rows each, the keys of which overlap unless they are `apart`. */
async function overlapping(
  apart = 40,
  { orderBy = ONE }: { readonly orderBy?: readonly string[] } = {},
): Promise<readonly TestFile[]> {
  const options = { rowGroupRows: 50, pageRows: 20 };
  return Promise.all(
    ['a', 'b', 'c'].map(async (name, i) =>
      testFile(name, await fileOf(sorted(keyedRows(100, { seed: i, from: i * apart }), ONE), options), {
        ...{ orderBy, place: PLACE },
      }),
    ),
  );
}

/** The file with a wrong byte in the last page of a column in its second row group. */
async function damaged(bytes: Uint8Array, column: string): Promise<Uint8Array> {
  const reader = await openBytes(bytes);
  const chunk = reader.rowGroups[1]?.columns.find(({ name }) => name === column);
  reader.close();
  assert(chunk !== undefined, 'the file has the column');
  const copy = bytes.slice();
  copy[chunk.offset + chunk.sizeBytes - 1]! ^= 1;
  return copy;
}

/** Rows with these keys. */
function rowsOf(first: readonly bigint[], second: readonly bigint[] = first.map(() => 0n)): RecordBatch {
  return withKeys(sampleRows(first.length, 1), first, second);
}
