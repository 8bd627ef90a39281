import { dictionaryLength, textColumn, valueAt, type Column, type Field } from '@ticklake/columnar';
import fc from 'fast-check';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { orderedRows } from './ordered-rows.js';
import { createRouter } from './router.js';
import { ARENA } from './spec-support/test-arena.js';
import { createMemorySpill, createSpill, type Spill } from './spill.js';

const FIELDS: readonly Field[] = [
  { name: 'time', type: { kind: 'int', bits: 64, signed: true }, nullable: false },
  { name: 'trade_id', type: { kind: 'utf8' }, nullable: false },
];

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'ticklake-runs-'));
});
afterAll(() => rm(base, { recursive: true }));

/** Rows of a source that came together, by their times. */
type Part = readonly [source: number, ...times: readonly number[]];

/** A row: its time, and the id that its place in its source makes. */
type Row = readonly [time: number, id: string];

/** Every row, part after part as they came. */
function rowsOf(parts: readonly Part[]): readonly (readonly Row[])[] {
  const counts = new Map<number, number>();
  return parts.map(([source, ...times]) =>
    times.map((time): Row => {
      const row = counts.get(source) ?? 0;
      counts.set(source, row + 1);
      return [time, `${source}.${row}`];
    }),
  );
}

/** The obvious way: sources one after another, then a stable sort by time. */
function sorted(parts: readonly Part[]): readonly Row[] {
  const all = rowsOf(parts).map((rows, i) => ({ rows, source: parts[i]?.[0] ?? 0 }));
  const bySource = all.sort((a, b) => a.source - b.source).flatMap(({ rows }) => rows);
  return bySource.sort((a, b) => a[0] - b[0]);
}

async function routed(parts: readonly Part[], spill: Spill = createMemorySpill()) {
  const router = createRouter<string>(ARENA, FIELDS, spill);
  for (const [i, rows] of rowsOf(parts).entries()) {
    const codes = Uint32Array.from(rows, (_, row) => row);
    const columns: readonly Column[] = [
      { layout: 'fixed', values: BigInt64Array.from(rows, ([time]) => BigInt(time)) },
      { layout: 'dictionary', codes, dictionary: textColumn(rows.map(([, id]) => id)).values },
    ];
    await router.add(parts[i]?.[0] ?? 0, { rowCount: rows.length, columns }, [
      { key: 'all', rows: [0, rows.length] },
    ]);
  }
  await spill.seal();
  router.release();
  const partition = router.partitions.get('all');
  if (partition === undefined) throw new Error('there are rows');
  return { partition, spill };
}

/** Spills for runs, and what became of them. */
function runSpills(create: () => Promise<Spill> = () => Promise.resolve(createMemorySpill())) {
  const open = new Set<Spill>();
  const told = { created: 0, openMax: 0, puts: [] as number[], open };
  const createRuns = async (): Promise<Spill> => {
    const spill = await create();
    const one: Spill = {
      put(rowCount, columns) {
        told.puts.push(rowCount);
        return spill.put(rowCount, columns);
      },
      seal: () => spill.seal(),
      read: (rows, into) => spill.read(rows, into),
      path: undefined,
      dispose() {
        open.delete(one);
        return spill.dispose();
      },
    };
    open.add(one);
    told.created++;
    told.openMax = Math.max(told.openMax, open.size);
    return one;
  };
  return { told, createRuns };
}

interface Sizes {
  readonly sortRowsMax: number;
  readonly runsMax: number;
  readonly batchRows: number;
}

async function given(parts: readonly Part[], sizes: Sizes, spills = runSpills(), spilled?: Spill) {
  const { partition, spill } = await routed(parts, spilled);
  const rows: Row[] = [];
  const counts: number[] = [];
  const { createRuns } = spills;
  for await (const { rowCount, columns } of orderedRows(partition, spill, {
    fields: FIELDS,
    createRuns,
    ...sizes,
  })) {
    counts.push(rowCount);
    for (let row = 0; row < rowCount; row++) {
      const [time, id] = columns.map((column) => valueAt(column, row));
      rows.push([Number(time), Buffer.from(id as Uint8Array).toString()]);
    }
  }
  await spill.dispose();
  return { rows, counts, isSorted: partition.isSorted, ...spills.told };
}

/** Few times, so that they tie; a part is in order now and then. */
const part = fc
  .tuple(fc.nat({ max: 3 }), fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 5 }), fc.boolean())
  .map(([source, times, isSorted]): Part => [source, ...(isSorted ? times.sort((a, b) => a - b) : times)]);

const sizes = fc.record({
  sortRowsMax: fc.integer({ min: 1, max: 5 }),
  runsMax: fc.constantFrom(2, 2, 3, 5),
  batchRows: fc.integer({ min: 1, max: 7 }),
});

describe('rows that do not fit in memory', () => {
  it('come as the stable sort of all sources, one after another, has them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 40 }), sizes, async (parts, own) => {
        const { rows, counts, puts, isSorted, openMax, open } = await given(parts, own);
        expect(rows).toEqual(sorted(parts));
        if (!isSorted) expect(Math.max(...counts)).toBeLessThanOrEqual(own.batchRows);
        expect(open.size).toBe(0);
        expect(openMax).toBeLessThanOrEqual(3);
        const { sortRowsMax, runsMax } = own;
        expect(Math.max(0, ...puts)).toBeLessThanOrEqual(Math.max(1, Math.floor(sortRowsMax / runsMax)));
      }),
      { numRuns: 1000 },
    );
  });

  it('come so from files too, of which nothing stays', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 12 }), sizes, async (parts, own) => {
        const spills = runSpills(() => createSpill(base, FIELDS));
        const { rows } = await given(parts, own, spills, await createSpill(base, FIELDS));
        expect(rows).toEqual(sorted(parts));
        expect(await readdir(base)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  const threeSorted: readonly Part[] = [
    [0, 1, 4, 7],
    [1, 2, 4, 8],
    [2, 3, 4, 9],
  ];
  const descending: readonly Part[] = [
    [0, 9, 8],
    [0, 7, 6],
    [0, 5, 4],
    [0, 3, 2],
  ];
  it.each<[string, readonly Part[], Sizes, readonly number[]]>([
    ['all, where they fit', descending, { sortRowsMax: 8, runsMax: 2, batchRows: 8 }, []],
    ['sources in order, where they are', threeSorted, { sortRowsMax: 6, runsMax: 3, batchRows: 8 }, []],
    [
      'two runs as one, where three are too many',
      threeSorted,
      { sortRowsMax: 6, runsMax: 2, batchRows: 8 },
      [3, 3],
    ],
    ['what is not in order, sorted', descending, { sortRowsMax: 4, runsMax: 2, batchRows: 8 }, [2, 2, 2, 2]],
    ['the same a row at a time', descending, { sortRowsMax: 4, runsMax: 2, batchRows: 1 }, Array(8).fill(1)],
    ['only what is not', [...threeSorted, [3, 5, 4]], { sortRowsMax: 6, runsMax: 4, batchRows: 8 }, [1, 1]],
  ])('are read from memory and spills: %s', async (_, parts, own, puts) => {
    const told = await given(parts, own);
    expect(told.rows).toEqual(sorted(parts));
    expect(told.puts).toEqual(puts);
  });

  it('are merged again and again, where there are many runs', async () => {
    const parts = Array.from({ length: 20 }, (_, i): Part => [0, 40 - i, 39 - i]);
    const { rows, created, openMax, puts } = await given(parts, { sortRowsMax: 2, runsMax: 3, batchRows: 8 });
    expect(rows).toEqual(sorted(parts));
    // Twenty runs, then seven, then three.
    expect({ created, openMax, rows: puts.length }).toEqual({ created: 3, openMax: 2, rows: 40 + 40 + 36 });
  });

  it('have the entries of their batch in their dictionary', async () => {
    const { partition, spill } = await routed([...threeSorted, ...descending]);
    const { createRuns } = runSpills();
    const options = { fields: FIELDS, sortRowsMax: 12, runsMax: 4, batchRows: 4, createRuns };
    const entries: unknown[] = [];
    for await (const { columns } of orderedRows(partition, spill, options)) {
      const [, ids] = columns;
      entries.push(ids?.layout === 'dictionary' && dictionaryLength(ids.dictionary));
    }
    expect(entries).toEqual([4, 4, 4, 4, 1]);
  });

  it('leave no spill where nobody reads on', async () => {
    const { partition, spill } = await routed(descending);
    const { told, createRuns } = runSpills();
    const options = { fields: FIELDS, sortRowsMax: 2, runsMax: 2, batchRows: 1, createRuns };
    for await (const { rowCount } of orderedRows(partition, spill, options)) {
      expect([rowCount, told.created, told.open.size]).toEqual([1, 2, 1]);
      break;
    }
    expect(told.open.size).toBe(0);
  });

  it.each<[string, number, (spill: Spill) => Spill]>([
    ['put', 1, (spill) => ({ ...spill, put: () => Promise.reject(new Error('torn')) })],
    ['put in a later pass', 2, (spill) => ({ ...spill, put: () => Promise.reject(new Error('torn')) })],
    ['sealed', 2, (spill) => ({ ...spill, seal: () => Promise.reject(new Error('torn')) })],
    ['read', 1, (spill) => ({ ...spill, read: () => Promise.reject(new Error('torn')) })],
    [
      'created',
      2,
      () => {
        throw new Error('torn');
      },
    ],
  ])('leave no spill where one cannot be %s', async (_, broken, change) => {
    let count = 0;
    const spills = runSpills(async () => {
      const spill = createMemorySpill();
      return Promise.resolve(++count === broken ? change(spill) : spill);
    });
    const failed = given(descending, { sortRowsMax: 2, runsMax: 2, batchRows: 2 }, spills);
    await expect(failed).rejects.toThrow('torn');
    expect(count).toBeGreaterThanOrEqual(broken);
    expect(spills.told.open.size).toBe(0);
  });

  it('are merged two at a time at least', async () => {
    const failed = given(descending, { sortRowsMax: 2, runsMax: 1, batchRows: 2 });
    await expect(failed).rejects.toThrow('assertion failed: at least two runs are merged at once');
  });
});
