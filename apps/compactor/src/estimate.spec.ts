import { countRequests, classifyRequests, openStore, readOnly, USUAL_REQUESTS } from '@ticklake/storage';
import { recordStore, startObjectServer } from '@ticklake/storage/testing';
import { createEstimateTally, dollarsOf, estimatePartition } from './estimate.js';
import { compact } from './job.js';
import { planCompaction } from './plan.js';
import { TAKE_EVERYTHING } from './select-partitions.js';
import { testContext, testRequest } from './testing/context.js';
import { putSpool } from './testing/spool.js';
import { rowsFrom, spool } from './testing/two-partitions.js';

const MIB = 2 ** 20;
const GIB = 2 ** 30;

function files(count: number, size: number) {
  return {
    sources: Array.from({ length: count }, (_, i) => ({ key: `${i}`, size, etag: '', modifiedAtMs: 0 })),
  };
}

describe('a partition', () => {
  const requestsOf = (count: number, size: number, memory = GIB) =>
    estimatePartition(files(count, size), 'compact', { memory }).requests;

  it.each<[string, number, number, number, number]>([
    // Eleven of its own; of each file its bytes, and whether it is still the same.
    ['small files, fetched once', 10, 100_000, 11 + 10 * 2, 4],
    ['larger ones, fetched twice', 10, MIB, 11 + 10 * 3, 4],
    ['more small ones than there is room for', 2000, 128 * 1024, 11 + 1024 * 2 + 976 * 3, 4 + 16 + 1],
    ['one that is read in parts', 1, 32 * MIB, 11 + 2 * (1 + 64) + 1, 4 + 2 + 1],
  ])('of %s', (_, count, size, reads, writes) =>
    expect(requestsOf(count, size)).toEqual({ lists: 0, reads, writes }),
  );

  it('takes no more memory than it may, and time by its bytes and its files', () => {
    const small = estimatePartition(files(10, MIB), 'compact', { memory: GIB });
    const large = estimatePartition(files(100, 120 * MIB), 'replace', { memory: GIB });
    expect(small.memoryBytes).toBe(180 * MIB);
    expect(large.memoryBytes).toBe(150 * MIB + GIB);
    expect(large.expectedMs.min).toBeCloseTo((12_000 * MIB) / 35_000 + 60, 3);
    expect(large.expectedMs.max).toBeCloseTo((12_000 * MIB) / 12_000 + 60, 3);
  });

  it('that is skipped costs what it takes to know that', () => {
    const skipped = estimatePartition(files(10, MIB), 'skip', { memory: GIB });
    expect(skipped).toMatchObject({
      files: 0,
      sizeBytes: 0,
      requests: { reads: 2, writes: 0 },
      memoryBytes: 0,
    });
  });
});

it('a run costs what its partitions do and its listings; the largest lie in memory together', () => {
  const tally = createEstimateTally(2);
  for (const size of [1, 3, 2])
    tally.add(estimatePartition(files(1, size * MIB), 'compact', { memory: GIB }));
  tally.add(estimatePartition(files(5, MIB), 'skip', { memory: GIB }));
  const total = tally.total({ listCount: 7 });
  expect(total).toMatchObject({ partitions: 3, files: 3, sizeBytes: 6 * MIB });
  expect(total.requests).toEqual({ lists: 7, reads: 4 + 3 * 14 + 2, writes: 1 + 3 * 4 });
  expect(total.memoryBytes).toBe((150 + 150 + 9 + 150 + 6) * MIB);
  expect(total.expectedMs.max / total.expectedMs.min).toBeGreaterThan(2);
  expect(total.dollars).toEqual(dollarsOf(total.requests));
  expect(dollarsOf({ lists: 1000, reads: 1000, writes: 1000 })).toEqual({
    s3: expect.closeTo(0.0104, 6),
    r2: expect.closeTo(0.00936, 6),
    gs: expect.closeTo(0.0104, 6),
  });
});

describe('a plan', () => {
  it('reads, and writes nothing', async () => {
    const stores = await spool();
    const lake = recordStore(stores.compact);
    const raw = recordStore(stores.raw);
    const context = testContext(
      { raw: readOnly(raw.store), compact: readOnly(lake.store) },
      { today: '2026-02-04' },
    );
    const plan = await planCompaction(testRequest(), context);
    expect(plan.total).toMatchObject({ partitions: 2, files: 5 });
    const writes = [...lake.operations, ...raw.operations].filter(({ name }) =>
      ['put', 'delete'].includes(name),
    );
    expect(writes).toEqual([]);
  });

  it('says of a run what the run says was planned, whatever it is bounded by', async () => {
    for (const changes of [{}, { partitionsMax: 1 }, { order: 'largest' }, { daysMax: 1 }] as const) {
      const stores = await spool();
      const request = testRequest({ selection: { ...TAKE_EVERYTHING, ...changes } });
      const context = testContext(stores, { today: '2026-02-04' });
      const plan = await planCompaction(request, context);
      const summary = await compact(request, context);
      expect(summary.planned).toEqual(plan.total);
      expect(summary.mode).toBe(plan.mode);
      expect(plan.partitions.filter(({ action }) => action === 'leave')).toHaveLength(summary.leftOver);
    }
  });

  it('knows what is in quarantine and has not changed', async () => {
    const stores = await spool();
    await stores.raw.put('exchange=okx/stream=bbo/symbol=bad/2026-02-03_10-00-00.parquet', new Uint8Array(3));
    const context = testContext(stores, { today: '2026-02-04' });
    await compact(testRequest(), context);
    const plan = await planCompaction(testRequest(), context);
    expect(plan.partitions.map(({ action }) => action)).toEqual(['skip', 'refuse', 'skip']);
  });
});

describe('over the network', () => {
  it('a run makes the requests that were planned', async () => {
    const server = await startObjectServer({ dialect: 's3', buckets: ['raw', 'lake'] });
    const env = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_REGION: 'us-east-1' };
    const counter = countRequests();
    const open = (bucket: string, onRequest = counter.onRequest) =>
      openStore(`s3://${bucket}?endpoint=${server.endpoint}`, { env, requests: USUAL_REQUESTS, onRequest });
    const put = (symbol: string, hour: number) =>
      putSpool(
        open('raw', () => undefined),
        `exchange=okx/stream=bbo/symbol=${symbol}/2026-02-03_${10 + hour}-00-00.parquet`,
        rowsFrom(hour * 1000, 50),
      );
    const run = async (today: string) => {
      const before = classifyRequests(counter.totals());
      const context = testContext({ raw: open('raw'), compact: open('lake') }, { today });
      const { planned } = await compact(testRequest(), context);
      const { lists, reads, writes } = classifyRequests(counter.totals());
      const actual = {
        lists: lists - before.lists,
        reads: reads - before.reads,
        writes: writes - before.writes,
      };
      return { planned: planned.requests, actual };
    };
    try {
      for (const [symbol, count] of [
        ['a', 1],
        ['b', 4],
        ['c', 9],
      ] as const) {
        for (let hour = 0; hour < count; hour++) await put(symbol, hour);
      }
      const first = await run('2026-02-04');
      // Two more: whether anything is published, or in quarantine, as there is no state; which is not there to be read either.
      expect(first.actual).toEqual({
        ...first.planned,
        lists: first.planned.lists + 2,
      });
      await put('b', 9);
      const late = await run('2026-02-05');
      expect(late.actual).toEqual(late.planned);
      // Nothing new: state is not written.
      const { planned, actual } = await run('2026-02-05');
      expect(actual).toEqual({ ...planned, reads: planned.reads - 1, writes: planned.writes - 1 });
    } finally {
      await server.close();
    }
  });
});
