import fc from 'fast-check';
import {
  concatBatches,
  createMultisetHash,
  createOrderedHash,
  createRowHasher,
  emptyColumn,
  sliceBatch,
  takeRows,
  type Arena,
  type Column,
  type Field,
  type PlacedBatch,
  type RecordBatch,
  type Schema,
} from '@ticklake/columnar';
import { arbitraryBatch, equalBatches, shortArena } from '@ticklake/columnar/testing';
import type { KeyPiece, MergeSource } from './merge-source.js';
import { mergeSources, type MergeOptions } from './merge-sources.js';
import { createRowProof, type RowProof } from './row-proof.js';
import { sortSource } from './sort-source.js';
import { ARENA } from './spec-support/test-arena.js';
import { copyBatch, memorySource, memorySpill, type MemorySource } from './testing/index.js';

const field = (name: string, type: Field['type'], nullable = false): Field => ({ name, type, nullable });
const SCHEMA: Schema = {
  fields: [
    field('ts_event', { kind: 'timestamp', unit: 'us', utc: true }),
    field('seq', { kind: 'int', bits: 64, signed: true }),
    field('price', { kind: 'float', bits: 64 }, true),
    field('level', { kind: 'int', bits: 16, signed: false }),
    field('flag', { kind: 'bool' }, true),
    field('size', { kind: 'float', bits: 32 }),
    field('side', { kind: 'utf8' }, true),
    field('id', { kind: 'bytes' }),
    field(
      'levels',
      { kind: 'nested', shape: 'list', children: [field('element', { kind: 'float', bits: 64 }, true)] },
      true,
    ),
  ],
};
const EDGES = [-(1n << 63n), (1n << 63n) - 1n, -1n, 0n, 1n, 0xffff_ffffn, 0x1_0000_0000n, -0x1_0000_0000n];

/** Rows in any order whose keys tie often. */
const arbitraryRows = (rowsMax: number): fc.Arbitrary<RecordBatch> =>
  fc.nat({ max: rowsMax }).chain((rowCount) => {
    const key = fc.oneof(
      { weight: 3, arbitrary: fc.bigInt({ min: 0n, max: 6n }) },
      { weight: 1, arbitrary: fc.constantFrom(...EDGES) },
    );
    const keys = fc.array(key, { minLength: rowCount, maxLength: rowCount });
    return fc.tuple(arbitraryBatch(SCHEMA, rowCount), keys, keys).map(([batch, first, second]) => {
      const order = [first, second].map(
        (values): Column => ({ layout: 'fixed', values: BigInt64Array.from(values) }),
      );
      return { ...batch, columns: [...order, ...batch.columns.slice(2)] };
    });
  });

/** The obvious version: rows ordered by bigints, and by where they stood. */
function sorted(batch: RecordBatch, orderBy: readonly string[]): RecordBatch {
  const keys = batch.columns.slice(0, orderBy.length).map((column, i) => {
    if (column.layout !== 'fixed') throw new Error(`order column ${i} is not fixed`);
    return Array.from(column.values, BigInt);
  });
  const rows = Array.from({ length: batch.rowCount }, (_, row) => row);
  rows.sort((a, b) => {
    const column = keys.find((values) => values[a] !== values[b]);
    return column === undefined ? a - b : (column[a] ?? 0n) < (column[b] ?? 0n) ? -1 : 1;
  });
  return takeRows(batch, Uint32Array.from(rows));
}

const firstKeys = (batch: RecordBatch): bigint[] => {
  const column = batch.columns[0];
  return column?.layout === 'fixed' ? [...column.values].map((value) => BigInt(value)) : [];
};

/** Bounds that are exact, loose by one or absent. */
function source(name: string, batch: RecordBatch, orderBy: readonly string[], choice: number): MemorySource {
  const keys = firstKeys(batch);
  const [low, high] = [keys[0], keys.at(-1)];
  return memorySource(batch, {
    arena: ARENA,
    name,
    orderBy,
    pieceRows: 1 + (choice % 4),
    ...(choice % 3 > 0 && low !== undefined
      ? { lowerBound: choice % 3 === 1 || low < -5n ? low : low - 1n }
      : {}),
    ...(choice % 5 > 1 && high !== undefined ? { upperBound: high } : {}),
  });
}

async function collect(batches: AsyncIterable<PlacedBatch>): Promise<RecordBatch[]> {
  const all: RecordBatch[] = [];
  for await (const batch of batches) all.push(copyBatch(ARENA, SCHEMA, batch));
  return all;
}

/** The content hashes of a batch, in their order and without. */
function hashesOf(batch: RecordBatch): { rowCount: number; multiset: string; ordered: string } {
  const hasher = createRowHasher(ARENA, SCHEMA, { exclude: ['side'] });
  const [multiset, ordered] = [createMultisetHash(), createOrderedHash()];
  const digests = hasher.digestBatch(batch);
  multiset.add(digests);
  ordered.add(digests);
  hasher.release();
  return { rowCount: batch.rowCount, multiset: multiset.hex(), ordered: ordered.hex() };
}

const EMPTY: RecordBatch = {
  schema: SCHEMA,
  rowCount: 0,
  columns: SCHEMA.fields.map(({ type }) => emptyColumn(type)),
};
const whole = (batches: readonly RecordBatch[]): RecordBatch =>
  batches.length === 0 ? EMPTY : concatBatches(batches);

function options(orderBy: readonly string[], rest: Partial<MergeOptions>): MergeOptions {
  const spill = memorySpill({ arena: ARENA, orderBy, pieceRows: 3 });
  return {
    arena: ARENA,
    schema: SCHEMA,
    orderBy,
    outputRows: 4,
    openMax: 100,
    signal: new AbortController().signal,
    spill,
    ...rest,
  };
}

describe('mergeSources', () => {
  const cases = fc.record({
    parts: fc.array(arbitraryRows(7), { maxLength: 7 }),
    choices: fc.array(fc.nat(), { minLength: 7, maxLength: 7 }),
    outputRows: fc.integer({ min: 1, max: 12 }),
    openMax: fc.integer({ min: 2, max: 8 }),
    orderBy: fc.constantFrom(['ts_event'], ['ts_event', 'seq']),
  });

  it('is a stable sort of the concatenation, for any split, piece, output size and number of open sources', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ parts, choices, outputRows, openMax, orderBy }) => {
        const inputs = parts.map((part) => sorted(part, orderBy));
        const sources = inputs.map((input, i) => source(`s${i}`, input, orderBy, choices[i] ?? 0));
        const spill = memorySpill({ arena: ARENA, orderBy, pieceRows: 3 });
        const proof = createRowProof(ARENA, sources.length);
        const prove = { proof, exclude: ['side'] };
        const merged = await collect(
          mergeSources(sources, options(orderBy, { outputRows, openMax, spill, prove })),
        );
        const expected = sorted(whole(inputs), orderBy);
        expect(equalBatches(whole(merged), expected)).toBeUndefined();
        const rowCounts = merged.map(({ rowCount }) => rowCount);
        expect(rowCounts.slice(0, -1).every((rowCount) => rowCount === outputRows)).toBe(true);
        expect(rowCounts.every((rowCount) => rowCount > 0)).toBe(true);
        expect(sources.map(({ calls }) => calls)).toEqual(sources.map(() => ({ keys: 1, close: 1 })));
        expect(spill.open.size).toBe(0);
        const { ordered } = hashesOf(expected);
        expect(proof.ordered()).toBe(ordered);
        expect(proof.sources()).toEqual(
          inputs.map(hashesOf).map(({ rowCount, multiset }) => ({ rowCount, multiset })),
        );
        proof.release();
        expect(ARENA.usedBytes).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('sorts an unsorted source first', async () => {
    const run = fc.record({
      batch: arbitraryRows(12),
      rowsMax: fc.integer({ min: 1, max: 14 }),
      orderBy: fc.constantFrom(['ts_event'], ['ts_event', 'seq']),
    });
    await fc.assert(
      fc.asyncProperty(run, async ({ batch, rowsMax, orderBy }) => {
        const unsorted = memorySource(batch, { arena: ARENA, name: 'u', orderBy, pieceRows: 2 });
        unsorted.calls.keys = 1;
        const spill = memorySpill({ arena: ARENA, orderBy, pieceRows: 3 });
        const merge = options(orderBy, { spill, openMax: 2 });
        const inOrder = await sortSource(unsorted, { ...merge, rowsMax });
        expect(unsorted.calls.close).toBe(1);
        expect(spill.names.length === 0).toBe(batch.rowCount <= rowsMax);
        const merged = await collect(mergeSources([inOrder], merge));
        expect(equalBatches(whole(merged), sorted(batch, orderBy))).toBeUndefined();
        expect(spill.open.size).toBe(0);
        expect(ARENA.usedBytes).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('never has more than openMax sources open, however many small ones a list covers', async () => {
    const keys = Array.from({ length: 60 }, (_, i) => BigInt(i));
    const [one] = fc.sample(arbitraryBatch(SCHEMA, 60), { numRuns: 1, seed: 1 });
    const batch: RecordBatch = {
      ...(one as RecordBatch),
      columns: [
        { layout: 'fixed', values: BigInt64Array.from(keys) },
        ...(one as RecordBatch).columns.slice(1),
      ],
    };
    let most = 0;
    const sources = keys.map((key, i) =>
      memorySource(sliceBatch(batch, i, i + 1), {
        arena: ARENA,
        name: `s${i}`,
        orderBy: ['ts_event'],
        pieceRows: 5,
        lowerBound: key,
        upperBound: key,
      }),
    );
    const watched = sources.map((s) => ({
      ...s,
      keys() {
        const opened = s.keys();
        most = Math.max(most, sources.filter(({ calls }) => calls.keys > calls.close).length);
        return opened;
      },
    }));
    const spill = memorySpill({ arena: ARENA, orderBy: ['ts_event'], pieceRows: 7 });
    const merged = await collect(
      mergeSources(watched, options(['ts_event'], { outputRows: 50, openMax: 3, spill })),
    );
    expect(equalBatches(whole(merged), batch)).toBeUndefined();
    expect(spill.names).toEqual([]);
    expect(most).toBe(3);
  });

  const failing: [string, (source: MemorySource) => Partial<MemorySource>, object][] = [
    ['keys fail', () => ({ keys: () => failingKeys() }), { message: 'lost' }],
    ['a read fails', () => ({ read: () => Promise.reject(new Error('lost')) }), { message: 'lost' }],
    [
      'rows are missing',
      ({ rowCount }) => ({ rowCount: rowCount + 1 }),
      { kind: 'corrupt', code: 'STATS_MISMATCH' },
    ],
    [
      'a read is short',
      () => ({ read: () => undefined }),
      { message: expect.stringContaining('assertion failed') },
    ],
  ];
  async function* failingKeys(): AsyncGenerator<KeyPiece> {
    yield await Promise.reject(new Error('lost'));
  }

  it.each(failing)('closes every source once when %s', async (_, change, expected) => {
    const sources = threeSources();
    const [first, ...others] = sources;
    const broken = { ...(first as MemorySource), ...change(first as MemorySource) };
    const merged = collect(mergeSources([broken, ...others], options(['ts_event'], {})));
    await expect(merged).rejects.toMatchObject(expected);
    expect(sources.map(({ calls }) => calls.close)).toEqual([1, 1, 1]);
    expect(ARENA.usedBytes).toBe(0);
  });

  it('closes every source once when it is abandoned or aborted', async () => {
    const left = threeSources();
    for await (const batch of mergeSources(left, options(['ts_event'], { outputRows: 1 }))) {
      expect(batch.rowCount).toBe(1);
      break;
    }
    expect(left.map(({ calls }) => calls.close)).toEqual([1, 1, 1]);
    const aborted = threeSources();
    const merged = collect(mergeSources(aborted, options(['ts_event'], { signal: AbortSignal.abort() })));
    await expect(merged).rejects.toMatchObject({ kind: 'cancelled' });
    expect(aborted.map(({ calls }) => calls.close)).toEqual([1, 1, 1]);
    expect(ARENA.usedBytes).toBe(0);
  });

  it('is the same whether runs are read one by one or rows are moved once more', async () => {
    // Two sources that alternate for a while and then follow each other: lists of both kinds, with codes and without.
    const [drawn] = fc.sample(arbitraryBatch(SCHEMA, 6000), { numRuns: 1, seed: 3 });
    const input = drawn as RecordBatch;
    const keys = [0, 1].map((s) =>
      BigInt64Array.from({ length: 3000 }, (_, i) => BigInt(i < 1000 ? 2 * i + s : 5000 * (s + 1) + i)),
    );
    const inputs = keys.map((values, s) => ({
      ...sliceBatch(input, s * 3000, (s + 1) * 3000),
      columns: [
        { layout: 'fixed' as const, values },
        ...sliceBatch(input, s * 3000, (s + 1) * 3000).columns.slice(1),
      ],
    }));
    for (const outputRows of [700, 1999, 10_000]) {
      const sources = inputs.map((one, s) => source(`s${s}`, one, ['ts_event'], 3000));
      const proof = createRowProof(ARENA, 2);
      const prove = { proof, exclude: ['side'] };
      const merged = await collect(mergeSources(sources, options(['ts_event'], { outputRows, prove })));
      const expected = sorted(whole(inputs), ['ts_event']);
      expect(equalBatches(whole(merged), expected)).toBeUndefined();
      expect(proof.ordered()).toBe(hashesOf(expected).ordered);
      expect(proof.sources().map(({ multiset }) => multiset)).toEqual(
        inputs.map((one) => hashesOf(one).multiset),
      );
      proof.release();
    }
  });

  it('closes what it spilled when a later group fails', async () => {
    const sources = [...threeSources(), ...threeSources()];
    const last = sources[5] as MemorySource;
    const broken = { ...last, read: () => Promise.reject(new Error('lost')) };
    const spill = memorySpill({ arena: ARENA, orderBy: ['ts_event'], pieceRows: 7 });
    const merge = options(['ts_event'], { spill, openMax: 2 });
    await expect(collect(mergeSources([...sources.slice(0, 5), broken], merge))).rejects.toThrow('lost');
    expect(spill.names.length).toBeGreaterThan(0);
    expect(spill.open.size).toBe(0);
    expect(sources.map(({ calls }) => calls.close)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it.each([2, 100])(
    'gives everything back wherever memory runs out, sorting %d rows at once',
    async (rowsMax) => {
      const [drawn] = fc.sample(arbitraryRows(12), { numRuns: 1, seed: 5 });
      const batch = drawn as RecordBatch;
      const orderBy = ['ts_event'];
      let failed = 0;
      for (let allocMax = 0; ; allocMax++) {
        const arena = shortArena(ARENA, allocMax);
        const spill = memorySpill({ arena, orderBy, pieceRows: 3 });
        const unsorted = memorySource(batch, { arena, name: 'u', orderBy, pieceRows: 2 });
        unsorted.calls.keys = 1;
        const others = threeSources(arena);
        const error = await sortAndMerge(
          unsorted,
          others,
          options(orderBy, { arena, spill, openMax: 2 }),
          rowsMax,
        );
        expect(ARENA.usedBytes).toBe(0);
        expect(spill.open.size).toBe(0);
        expect([unsorted, ...others].map(({ calls }) => calls.close)).toEqual([1, 1, 1, 1]);
        if (error === undefined) break;
        expect(error).toMatchObject({ kind: 'invalid', code: 'MEMORY' });
        failed++;
      }
      expect(batch.rowCount).toBeGreaterThan(2);
      expect(failed).toBeGreaterThan(20);
    },
  );
});

/** The failure of sorting the first source, and merging it with others. */
async function sortAndMerge(
  unsorted: MergeSource,
  others: readonly MergeSource[],
  merge: MergeOptions,
  rowsMax: number,
): Promise<unknown> {
  let isSorted = false;
  let proof: RowProof | undefined;
  try {
    const inOrder = await sortSource(unsorted, { ...merge, rowsMax });
    isSorted = true;
    proof = createRowProof(merge.arena, 4);
    await collect(mergeSources([inOrder, ...others], { ...merge, prove: { proof, exclude: ['side'] } }));
    return undefined;
  } catch (error) {
    if (!isSorted) await Promise.all(others.map((one) => one.close()));
    return error;
  } finally {
    proof?.release();
  }
}

/** Three overlapping sources of three rows each, without bounds. */
function threeSources(arena: Arena = ARENA): MemorySource[] {
  const [batch] = fc.sample(arbitraryBatch(SCHEMA, 3), { numRuns: 1, seed: 7 });
  if (batch === undefined) throw new Error('no sample');
  const keys: Column = { layout: 'fixed', values: BigInt64Array.of(1n, 2n, 3n) };
  const input = { ...batch, columns: [keys, ...batch.columns.slice(1)] };
  return [0, 1, 2].map((s) =>
    memorySource(input, { arena, name: `s${s}`, orderBy: ['ts_event'], pieceRows: 2 }),
  );
}
