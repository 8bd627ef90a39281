import fc from 'fast-check';
import type { RecordBatch, Schema } from '@ticklake/columnar';
import type { KeyPiece, MergeSource } from './merge-source.js';
import { planRuns, type PlanRunsOptions } from './plan-runs.js';
import type { RunList } from './run-list.js';
import { ARENA } from './spec-support/test-arena.js';
import { memorySource } from './testing/index.js';

type Keys = readonly (readonly bigint[])[];

const NAMES = ['ts_event', 'seq'];
/** `rows[r]` is the one or two keys of row `r`. */
function batchOf(rows: Keys, orderKeys: 1 | 2): RecordBatch {
  const names = NAMES.slice(0, orderKeys);
  const schema: Schema = {
    fields: names.map((name) => ({ name, type: { kind: 'int', bits: 64, signed: true }, nullable: false })),
  };
  const columns = names.map((_, i) => ({
    layout: 'fixed' as const,
    values: BigInt64Array.from(rows, (row) => row[i] ?? 0n),
  }));
  return { schema, rowCount: rows.length, columns };
}

interface Shape {
  readonly pieceRows: number;
  readonly lazy: boolean;
}
function sourceOf(s: number, rows: Keys, orderKeys: 1 | 2, { pieceRows, lazy }: Shape): MergeSource {
  const lowerBound = rows[0]?.[0];
  const bounds = lazy && lowerBound !== undefined ? { lowerBound } : {};
  const order = { name: `s${s}`, orderBy: NAMES.slice(0, orderKeys) };
  return memorySource(batchOf(rows, orderKeys), { arena: ARENA, ...order, pieceRows, ...bounds });
}

const optionsOf = (rest: Partial<PlanRunsOptions>): PlanRunsOptions => ({
  arena: ARENA,
  orderKeys: 1,
  outputRows: 1000,
  openMax: 1000,
  signal: new AbortController().signal,
  ...rest,
});

async function collect(runs: AsyncIterable<RunList>): Promise<RunList[]> {
  const all: RunList[] = [];
  for await (const list of runs) {
    all.push({ ...list, sources: list.sources.slice(), counts: list.counts.slice() });
  }
  return all;
}

/** The source of every output row, in order. */
const sourceOfRows = (lists: readonly RunList[]): number[] =>
  lists.flatMap((list) =>
    [...list.counts].flatMap((count, run) => new Array<number>(count).fill(list.sources[run] ?? -1)),
  );

/** The obvious version: every row as (keys, source, row), sorted. */
function expected(sources: readonly Keys[]): number[] {
  const rows = sources.flatMap((keys, s) => keys.map((key, row) => ({ key, s, row })));
  rows.sort((a, b) => {
    for (const [i, x] of a.key.entries()) {
      const y = b.key[i] ?? 0n;
      if (x !== y) return x < y ? -1 : 1;
    }
    return a.s - b.s || a.row - b.row;
  });
  return rows.map(({ s }) => s);
}

function expectShape(lists: readonly RunList[], outputRows: number): void {
  lists.forEach((list, i) => {
    expect(list.rowCount).toBe(list.counts.reduce((sum, count) => sum + count, 0));
    expect([list.sources.length, list.counts.length]).toEqual([list.runCount, list.runCount]);
    expect(list.counts.every((count) => count > 0)).toBe(true);
    expect(list.sources.every((s, run) => run === 0 || s !== list.sources[run - 1])).toBe(true);
    if (i < lists.length - 1) expect(list.rowCount).toBe(outputRows);
  });
}

const compareRows = (a: readonly bigint[], b: readonly bigint[]): number => {
  for (const [i, x] of a.entries()) {
    const y = b[i] ?? 0n;
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
};

describe('planRuns', () => {
  it('orders every way three sources of up to three rows can interleave', async () => {
    // Every ascending list of at most three keys out of 0…2: ties within and across sources included.
    const lists: Keys[] = [[]];
    for (let a = 0n; a < 3n; a++) {
      lists.push([[a]]);
      for (let b = a; b < 3n; b++) {
        lists.push([[a], [b]]);
        for (let c = b; c < 3n; c++) lists.push([[a], [b], [c]]);
      }
    }
    let cases = 0;
    for (const x of lists)
      for (const y of lists)
        for (const z of lists) {
          const shape = { pieceRows: 1 + (cases % 3), lazy: cases % 2 === 0 };
          const outputRows = 1 + (cases++ % 4);
          const sources = [x, y, z].map((keys, s) => sourceOf(s, keys, 1, shape));
          const runs = await collect(planRuns(sources, optionsOf({ outputRows })));
          if (String(sourceOfRows(runs)) !== String(expected([x, y, z])))
            throw new Error(`${String([x, y, z].map(String))}`);
        }
    expect(cases).toBe(20 ** 3);
  });

  it('orders any sources by one or two keys, extremes and long runs included', async () => {
    const key = fc.oneof(
      fc.bigInt({ min: -3n, max: 3n }),
      fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
      fc.constantFrom(
        -(1n << 63n),
        (1n << 63n) - 1n,
        (1n << 62n) + 1n,
        1n << 62n,
        -0x1_0000_0001n,
        0xffff_ffffn,
      ),
    );
    const run = fc.record({
      sources: fc.array(fc.array(fc.tuple(key, key), { maxLength: 40 }), { maxLength: 9 }),
      orderKeys: fc.constantFrom<1 | 2>(1, 2),
      pieceRows: fc.integer({ min: 1, max: 50 }),
      lazy: fc.boolean(),
      outputRows: fc.integer({ min: 1, max: 60 }),
    });
    await fc.assert(
      fc.asyncProperty(run, async ({ sources, orderKeys, outputRows, ...shape }) => {
        const inputs = sources.map((rows) => rows.map((row) => row.slice(0, orderKeys)).sort(compareRows));
        const opened = inputs.map((rows, s) => sourceOf(s, rows, orderKeys, shape));
        const lists = await collect(planRuns(opened, optionsOf({ orderKeys, outputRows })));
        expectShape(lists, outputRows);
        expect(sourceOfRows(lists)).toEqual(expected(inputs));
      }),
      { numRuns: 1000 },
    );
  });

  it('opens a source only when the merge reaches its lower bound', async () => {
    const opened: number[] = [];
    const sources = [0n, 10n, 20n].map((start, s): MergeSource => {
      const source = sourceOf(s, [[start], [start + 1n]], 1, { pieceRows: 1, lazy: true });
      return { ...source, keys: () => (opened.push(s), source.keys()) };
    });
    const seen: number[] = [];
    for await (const { rowCount } of planRuns(sources, optionsOf({ outputRows: 2, openMax: 1 }))) {
      expect(rowCount).toBe(2);
      seen.push(opened.length);
    }
    expect(seen).toEqual([1, 2, 3]);
  });

  it('refuses to open more than openMax', async () => {
    const sources = [0, 1, 2].map((s) => sourceOf(s, [[0n], [9n]], 1, { pieceRows: 1, lazy: true }));
    const plan = collect(planRuns(sources, optionsOf({ openMax: 2 })));
    await expect(plan).rejects.toMatchObject({ kind: 'invalid', code: 'LIMIT' });
  });
});

describe('planRuns checks every row', () => {
  const plain = (
    rows: Keys,
    change: Partial<MergeSource>,
    orderKeys: 1 | 2 = 1,
    pieceRows = 2,
  ): MergeSource => ({
    ...sourceOf(0, rows, orderKeys, { pieceRows, lazy: false }),
    ...change,
  });
  const ones = (...keys: bigint[]): Keys => keys.map((key) => [key]);

  it.each([
    ['a descent within a piece', plain(ones(1n, 0n), {}), 'UNSORTED', { row: 1 }],
    ['a descent between pieces', plain(ones(0n, 5n, 4n), {}), 'UNSORTED', { row: 2 }],
    ['a descent in the low half', plain(ones(0x1_8000_0000n, 0x1_7fff_ffffn), {}), 'UNSORTED', { row: 1 }],
    ['a row below the lower bound', plain(ones(4n, 6n), { lowerBound: 5n }), 'STATS_MISMATCH', {}],
    ['a row above the upper bound', plain(ones(4n, 6n, 7n), { upperBound: 6n }), 'STATS_MISMATCH', {}],
    ['too few rows', plain(ones(1n, 2n), { rowCount: 3 }), 'STATS_MISMATCH', { rowsRead: 2 }],
    ['too many rows', plain(ones(1n, 2n, 3n), { rowCount: 2 }), 'STATS_MISMATCH', { rowsRead: 3 }],
    ['rows where none are promised', plain(ones(1n), { rowCount: 0 }), 'STATS_MISMATCH', {}],
  ])('and reports %s', async (_, source, code, details) => {
    const plan = collect(planRuns([source], optionsOf({})));
    await expect(plan).rejects.toMatchObject({
      kind: 'corrupt',
      code,
      details: { source: 's0', ...details },
    });
  });

  it.each([2, 1])('and reports a descent of the second key, in pieces of %d', async (pieceRows) => {
    const source = plain(
      [
        [1n, 5n],
        [1n, 4n],
      ],
      {},
      2,
      pieceRows,
    );
    const plan = collect(planRuns([source], optionsOf({ orderKeys: 2 })));
    await expect(plan).rejects.toMatchObject({ kind: 'corrupt', code: 'UNSORTED', details: { row: 1 } });
  });
});

describe('planRuns stops', () => {
  it('when aborted', async () => {
    const abort = new AbortController();
    const source = sourceOf(0, [[0n], [1n], [2n]], 1, { pieceRows: 1, lazy: false });
    const plan = planRuns([source], optionsOf({ outputRows: 1, signal: abort.signal }));
    await plan.next();
    abort.abort();
    await expect(plan.next()).rejects.toMatchObject({ kind: 'cancelled' });
  });

  it('reading keys when it is abandoned', async () => {
    let stopped = 0;
    const source = sourceOf(0, [[0n], [1n], [2n]], 1, { pieceRows: 1, lazy: false });
    async function* keys(): AsyncGenerator<KeyPiece> {
      try {
        yield* source.keys();
      } finally {
        stopped++;
      }
    }
    const plan = planRuns([{ ...source, keys }], optionsOf({ outputRows: 1 }));
    await plan.next();
    await plan.return(undefined);
    expect(stopped).toBe(1);
  });
});
