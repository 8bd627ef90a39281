import {
  concatBatches,
  createMultisetHash,
  createOrderedHash,
  createRowHasher,
  takeRows,
  textColumn,
  valueAt,
  type Column,
  type MultisetHash,
  type OrderedHash,
  type RecordBatch,
  type Schema,
} from '@ticklake/columnar';
import { equalBatches, shortArena } from '@ticklake/columnar/testing';
import fc from 'fast-check';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { groupByNumber, type KeyedRows } from './group-rows.js';
import { orderedRows } from './ordered-rows.js';
import { createRouter } from './router.js';
import { arbitraryRows, timedSchema, type SourceBatch } from './spec-support/arbitrary-rows.js';
import { ARENA } from './spec-support/test-arena.js';
import { createMemorySpill, createSpill } from './spill.js';

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'ticklake-router-'));
});
afterAll(() => rm(base, { recursive: true }));

/** Rows that came to a router: of which source, and whether as many rows as there are or one by one. */
interface Addition extends SourceBatch {
  readonly source: number;
}

const UNWANTED = 3;

const additions = timedSchema().chain((schema) =>
  fc.record({
    schema: fc.constant(schema),
    added: fc.array(
      fc
        .tuple(fc.nat({ max: 2 }), arbitraryRows(schema, UNWANTED + 1))
        .map(([source, rows]): Addition => ({ source, ...rows })),
      { minLength: 1, maxLength: 6 },
    ),
    batchRows: fc.integer({ min: 1, max: 20 }),
    sortRowsMax: fc.integer({ min: 1, max: 40 }),
    isMemory: fc.boolean(),
  }),
);

/** The obvious way: all rows of a key by source, as they came, then sorted by time where `isSorted`. */
function expectedRows(
  added: readonly Addition[],
  { isWanted, isSorted }: { isWanted(source: number, number: number): boolean; readonly isSorted: boolean },
): RecordBatch {
  const bySource = [...added].sort((a, b) => a.source - b.source);
  const parts = bySource.map(({ batch, numbers, source }) =>
    takeRows(
      batch,
      Uint32Array.from([...numbers.keys()].filter((row) => isWanted(source, numbers[row] as number))),
    ),
  );
  const whole = concatBatches(parts);
  const times = timesIn(whole);
  const order = [...times.keys()].sort((a, b) => (times[a] as number) - (times[b] as number));
  return isSorted ? takeRows(whole, Uint32Array.from(order)) : whole;
}

const timesIn = ({ columns, rowCount }: RecordBatch) =>
  Array.from({ length: rowCount }, (_, row) => Number(valueAt(columns[0] as Column, row)));

function hashOf(batch: RecordBatch, hash: MultisetHash | OrderedHash): string {
  const hasher = createRowHasher(ARENA, batch.schema, { exclude: [] });
  hash.add(hasher.digestBatch(batch));
  hasher.release();
  return hash.hex();
}

const multisetOf = (batch: RecordBatch) => hashOf(batch, createMultisetHash());

const keyOf = (number: number) => `venue-${number}`;

const keyed = ({ key, rows }: KeyedRows<number>) => ({ key: keyOf(key), rows });

describe('rows that are routed', () => {
  it('are all in the partition of their key, in order, and add up', async () => {
    await fc.assert(
      fc.asyncProperty(additions, async ({ schema, added, batchRows, sortRowsMax, isMemory }) => {
        const spill = isMemory ? createMemorySpill() : await createSpill(base, schema.fields);
        const router = createRouter<string>(ARENA, schema.fields, spill);
        for (const { source, batch, numbers } of added) {
          const wanted = groupByNumber(numbers).filter(({ key }) => key !== UNWANTED);
          await router.add(source, batch, wanted.map(keyed));
        }
        await spill.seal();
        router.release();
        const present = new Set(
          added.flatMap(({ numbers }) => numbers).filter((number) => number !== UNWANTED),
        );
        expect([...router.partitions.keys()].sort()).toEqual([...present].map(keyOf).sort());
        for (const number of present) {
          const partition = router.partitions.get(keyOf(number));
          if (partition === undefined) throw new Error('the partition is there');
          const asTheyCame = expectedRows(added, { isWanted: (_, own) => own === number, isSorted: false });
          expect(partition).toMatchObject({
            key: keyOf(number),
            rowCount: asTheyCame.rowCount,
            multiset: multisetOf(asTheyCame),
            isSorted: isAscending(timesIn(asTheyCame)),
          });
          expect(partition.sources).toEqual(sharesOf(added, number));
          const batches: RecordBatch[] = [];
          const createRuns = () => createSpill(base, schema.fields);
          const options = { fields: schema.fields, sortRowsMax, runsMax: 2, batchRows, createRuns };
          for await (const rows of orderedRows(partition, spill, options)) batches.push({ schema, ...rows });
          const sorted = expectedRows(added, { isWanted: (_, own) => own === number, isSorted: true });
          expect(equalBatches(concatBatches(batches), sorted)).toBeUndefined();
          const came = added.filter(({ numbers }) => numbers.includes(number)).map(({ source }) => source);
          const isInOrder = partition.isSorted && isAscending(came);
          expect(partition.ordered).toBe(isInOrder ? hashOf(sorted, createOrderedHash()) : undefined);
          expect(batches.every(({ rowCount }) => rowCount > 0)).toBe(true);
        }
        await spill.dispose();
      }),
      { numRuns: 300 },
    );
    expect(ARENA.usedBytes).toBe(0);
    expect(await readdir(base)).toEqual([]);
  });
});

function sharesOf(added: readonly Addition[], number: number): readonly object[] {
  const sources = [...new Set(added.map(({ source }) => source))].sort();
  return sources.flatMap((source) => {
    const isWanted = (own: number, key: number) => own === source && key === number;
    const rows = expectedRows(added, { isWanted, isSorted: false });
    const times = timesIn(rows);
    if (times.length === 0) return [];
    const span = { timeMin: Math.min(...times), timeMax: Math.max(...times), isSorted: isAscending(times) };
    return [{ source, rowCount: rows.rowCount, multiset: multisetOf(rows), ...span }];
  });
}

const isAscending = (times: readonly number[]) =>
  times.every((time, i) => i === 0 || (times[i - 1] as number) <= time);

describe('a router', () => {
  const schema: Schema = {
    fields: [
      { name: 'time', type: { kind: 'timestamp', unit: 'us', utc: true }, nullable: false },
      { name: 'trade_id', type: { kind: 'utf8' }, nullable: false },
    ],
  };
  const rows = {
    rowCount: 2,
    columns: [{ layout: 'fixed', values: BigInt64Array.of(1n, 2n) }, textColumn(['a', 'b'])] as const,
  };
  const [time, ids] = rows.columns;

  it('gives rows to every group that has them, and makes nothing of a group without rows', async () => {
    const spill = createMemorySpill();
    const router = createRouter<number>(ARENA, schema.fields, spill);
    await router.add(0, rows, [
      { key: 1, rows: [0, 2] },
      { key: 2, rows: Uint32Array.of(1) },
      { key: 3, rows: [1, 1] },
    ]);
    router.release();
    expect([...router.partitions].map(([key, { rowCount }]) => [key, rowCount])).toEqual([
      [1, 2],
      [2, 1],
    ]);
  });

  it('spills and hashes only the entries that rows have', async () => {
    const spill = createMemorySpill();
    const router = createRouter<number>(ARENA, schema.fields, spill);
    const coded: Column = { layout: 'dictionary', codes: Uint32Array.of(0, 1), dictionary: ids.values };
    await router.add(0, { rowCount: 2, columns: [time, coded] }, [{ key: 1, rows: [1, 2] }]);
    router.release();
    const [part] = router.partitions.get(1)?.parts ?? [];
    const columns = part && (await spill.read(part));
    expect(columns?.[1]).toEqual({
      layout: 'dictionary',
      codes: Uint32Array.of(0),
      dictionary: { offsets: Uint32Array.of(0, 1), data: new TextEncoder().encode('b') },
    });
  });

  const late: Column = { layout: 'fixed', values: BigInt64Array.of(0n, 2n ** 53n) };
  it.each<[string, number, readonly Column[], KeyedRows<number>['rows']]>([
    ['slice is not within the column', 2, [time, ids], [1, 3]],
    ['a row of a group is one of the batch', 2, [time, ids], Uint32Array.of(0, 2)],
    ['rows have a column for each field', 2, [time], [0, 2]],
    ['columns have all the rows', 1, [time, ids], [0, 1]],
    ['times are between -2^53 and 2^53', 2, [late, ids], [0, 2]],
  ])('stops where not: %s', async (message, rowCount, columns, group) => {
    const router = createRouter<number>(ARENA, schema.fields, createMemorySpill());
    const added = router.add(0, { rowCount, columns }, [{ key: 1, rows: group }]);
    await expect(added).rejects.toThrow(`assertion failed: ${message}`);
    router.release();
  });

  it('gives back what it took where the arena has no more', async () => {
    for (let allocMax = 0; allocMax < 8; allocMax++) {
      const router = createRouter<number>(shortArena(ARENA, allocMax), schema.fields, createMemorySpill());
      await router.add(0, rows, [{ key: 1, rows: [0, 2] }]).catch((error: unknown) => {
        expect(error).toMatchObject({ kind: 'invalid', code: 'MEMORY' });
      });
      router.release();
      expect(ARENA.usedBytes).toBe(0);
    }
  });
});
