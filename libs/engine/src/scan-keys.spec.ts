import { emptyColumn, type DataType, type RecordBatch } from '@ticklake/columnar';
import fc from 'fast-check';
import { scanKeys } from './scan-keys.js';
import { ARENA } from './spec-support/test-arena.js';
import { fileOf, openBytes } from './spec-support/test-files.js';

const INT64: DataType = { kind: 'int', bits: 64, signed: true };

afterEach(() => expect(ARENA.usedBytes).toBe(0));

/** Rows of two order columns; a null is a key without a value. */
function rowsOf(keys: readonly (readonly [bigint | null, bigint])[], type: DataType = INT64): RecordBatch {
  const schema = {
    fields: [
      { name: 'ts', type, nullable: true },
      { name: 'seq', type: INT64, nullable: false },
    ],
  };
  const isNull = keys.some(([ts]) => ts === null);
  return {
    schema,
    rowCount: keys.length,
    columns: [
      {
        layout: 'fixed',
        values: BigInt64Array.from(keys, ([ts]) => ts ?? 0n),
        validity: isNull ? Uint8Array.from(keys, ([ts]) => (ts === null ? 0 : 1)) : undefined,
      },
      { layout: 'fixed', values: BigInt64Array.from(keys, ([, seq]) => seq) },
    ],
  };
}

async function scan(bytes: Uint8Array, orderBy: readonly string[], options: Parameters<typeof scanKeys>[3]) {
  const reader = await openBytes(bytes, { windowed: true });
  try {
    return await scanKeys(ARENA, reader, orderBy, options);
  } finally {
    reader.close();
  }
}

/** The obvious version. */
function expectedOf(
  keys: readonly (readonly [bigint, bigint])[],
  { groupRows, orderBy }: { readonly groupRows: readonly number[]; readonly orderBy: readonly string[] },
) {
  let row = 0;
  const rowGroups = groupRows.flatMap((rowCount, rowGroup) => {
    const firsts = keys.slice(row, (row += rowCount)).map(([first]) => first);
    firsts.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    return rowCount === 0 ? [] : [{ rowGroup, rowCount, min: firsts[0], max: firsts.at(-1) }];
  });
  const pairs = keys.slice(1).map((key, i) => [keys[i]!, key] as const);
  const isSortedByFirst = pairs.every(([a, b]) => a[0] <= b[0]);
  const isSortedByBoth = pairs.every(([a, b]) => a[0] < b[0] || (a[0] === b[0] && a[1] <= b[1]));
  return { rowGroups, isSortedByFirst, isSorted: orderBy.length === 2 ? isSortedByBoth : isSortedByFirst };
}

const key = fc.oneof(
  { weight: 5, arbitrary: fc.bigInt({ min: -2n, max: 3n }) },
  { weight: 1, arbitrary: fc.constantFrom(-(1n << 63n), (1n << 63n) - 1n) },
);

it('tells order and bounds as reading every key does, whatever the row groups', async () => {
  const cases = fc.record({
    groups: fc.array(fc.array(fc.tuple(key, key), { maxLength: 6 }), { maxLength: 5 }),
    sorting: fc.constantFrom('no', 'first', 'both'),
    orderBy: fc.constantFrom(['ts'], ['ts', 'seq']),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ groups, sorting, orderBy }) => {
      const keys = groups.flat();
      if (sorting !== 'no') {
        const used = sorting === 'first' ? 1 : 2;
        keys.sort((a, b) => {
          const at = [0, 1].slice(0, used).find((i) => a[i] !== b[i]);
          return at === undefined ? 0 : a[at]! < b[at]! ? -1 : 1;
        });
      }
      const groupRows = groups.map((group) => group.length);
      const bytes = await fileOf(rowsOf(keys), { groupRows });
      expect(await scan(bytes, orderBy, {})).toEqual(expectedOf(keys, { groupRows, orderBy }));
    }),
    { numRuns: 300 },
  );
});

it('shows every key in pieces, and whether the first of them ascend', async () => {
  // More rows than are read at once; one descent in the third piece.
  const keys = Array.from({ length: 40_000 }, (_, i) => [BigInt(i === 20_000 ? 0 : i), BigInt(-i)] as const);
  const bytes = await fileOf(rowsOf(keys), { rowGroupRows: 35_000, pageRows: 10_000 });
  const seen: bigint[][] = [[], []];
  const pieces: boolean[] = [];
  const found = await scan(bytes, ['ts', 'seq'], {
    onKeys({ first, second, rowCount }, ascends) {
      [first, second].forEach((at, i) => seen[i]?.push(...ARENA.view(BigInt64Array, at, rowCount)));
      pieces.push(ascends);
    },
  });
  expect(seen).toEqual([keys.map(([first]) => first), keys.map(([, second]) => second)]);
  expect(pieces).toEqual([true, true, false, true, true, true]);
  expect(found).toEqual({
    rowGroups: [
      { rowGroup: 0, rowCount: 35_000, min: 0n, max: 34_999n },
      { rowGroup: 1, rowCount: 5_000, min: 35_000n, max: 39_999n },
    ],
    isSortedByFirst: false,
    isSorted: false,
  });
});

it('refuses a row without a key, and says where', async () => {
  const keys = Array.from({ length: 40_000 }, (_, i) => [i === 39_000 ? null : BigInt(i), 0n] as const);
  const bytes = await fileOf(rowsOf(keys), { rowGroupRows: 20_000, pageRows: 10_000 });
  await expect(scan(bytes, ['ts'], {})).rejects.toMatchObject({
    kind: 'corrupt',
    code: 'NULL_TS',
    details: { column: 'ts', rowGroup: 1, row: 19_000 },
  });
});

it.each<[string, DataType, boolean]>([
  ['int64', INT64, true],
  ['timestamps', { kind: 'timestamp', unit: 'ns', utc: false }, true],
  ['times of 64 bits', { kind: 'time', unit: 'us', utc: false }, true],
  ['uint64', { kind: 'int', bits: 64, signed: false }, false],
  ['doubles', { kind: 'float', bits: 64 }, false],
  ['int32', { kind: 'int', bits: 32, signed: true }, false],
  ['times of 32 bits', { kind: 'time', unit: 'ms', utc: false }, false],
  ['dates', { kind: 'date' }, false],
  ['text', { kind: 'utf8' }, false],
])('takes 64-bit integers as keys and nothing else: %s', async (_, type, isKey) => {
  const bytes = await fileOf(
    { ...rowsOf([], type), columns: [emptyColumn(type), emptyColumn(INT64)] },
    { groupRows: [0] },
  );
  const scanned = scan(bytes, ['ts'], {});
  if (isKey) await expect(scanned).resolves.toMatchObject({ rowGroups: [] });
  else {
    await expect(scanned).rejects.toMatchObject({
      kind: 'corrupt',
      code: 'SCHEMA_MISMATCH',
      details: { column: 'ts' },
    });
  }
});
