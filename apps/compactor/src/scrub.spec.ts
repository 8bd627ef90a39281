import type { ObjectStore } from '@ticklake/storage';
import { compact } from './job.js';
import { scrubNext, SCRUB_KEY, type Scrub } from './scrub.js';
import { ARENA, noonOf, testContext, testRequest } from './testing/context.js';
import { emptyStore, putSpool } from './testing/spool.js';
import { hasErrors } from './verify-partition.js';

const SYMBOLS = Array.from({ length: 12 }, (_, i) => `s${i}`);
const PARTS = 5;
const { signal } = new AbortController();

let lake: ObjectStore;

async function publish(symbols: readonly string[]): Promise<void> {
  const raw = emptyStore();
  for (const symbol of symbols) {
    const key = `exchange=binance/stream=bbo/symbol=${symbol}/2026-02-03_10-00-00.parquet`;
    await putSpool(raw, key, [[1_770_076_800_000n, 1.5, symbol]]);
  }
  const stores = { raw, compact: lake };
  await compact(testRequest({ days: { mode: 'daily' } }), testContext(stores, { today: '2026-02-04' }));
}

let published: readonly (readonly [key: string, bytes: Uint8Array])[];

beforeAll(async () => {
  lake = emptyStore();
  await publish(SYMBOLS);
  const objects: [string, Uint8Array][] = [];
  for await (const { key } of lake.list('')) objects.push([key, (await lake.get(key)).bytes]);
  published = objects;
});

beforeEach(async () => {
  lake = emptyStore();
  for (const [key, bytes] of published) await lake.put(key, bytes);
});

/** One call: what it read, and what it found damaged. */
async function scrub(parts = PARTS, stores: { compact: ObjectStore } = { compact: lake }) {
  const read: string[] = [];
  const damaged: string[] = [];
  const result = await scrubNext(parts, {
    arena: ARENA,
    ...stores,
    raw: undefined,
    signal,
    clock: noonOf('2026-02-05'),
    onVerdict(verdict) {
      read.push(verdict.partition);
      if (hasErrors(verdict)) damaged.push(verdict.partition);
    },
  });
  return { ...result, read, damaged };
}

async function document(): Promise<Scrub> {
  return JSON.parse(new TextDecoder().decode((await lake.get(SCRUB_KEY)).bytes)) as Scrub;
}

async function flipByte(key: string, at: number): Promise<void> {
  const bytes = Uint8Array.from((await lake.get(key)).bytes);
  bytes[at] = (bytes[at] as number) ^ 0x10;
  await lake.put(key, bytes);
}

const idOf = (symbol: string) => `binance/bbo/${symbol}/20260203`;

describe('a scrub', () => {
  it('has read everything once after as many calls as there are parts, and begins again', async () => {
    const runs = [];
    for (let call = 0; call < PARTS; call++) runs.push(await scrub());
    expect(runs.map(({ part }) => part)).toEqual([1, 2, 3, 4, 5]);
    expect(runs.flatMap(({ read }) => read).sort()).toEqual(SYMBOLS.map(idOf).sort());
    expect(await document()).toMatchObject({ parts: 5, next_part: 1 });
    expect((await scrub()).read).toEqual(runs[0]?.read);
  });

  it.each([
    ['the data of a partition', 'data.parquet', 100],
    ['a manifest', 'meta.json', 20],
  ])('finds a flipped byte in %s within as many calls, and names it once', async (_, name, at) => {
    await flipByte(`exchange=binance/stream=bbo/symbol=s7/date=20260203/${name}`, at);
    const found: string[] = [];
    for (let call = 0; call < PARTS; call++) {
      const { damaged, errors, part } = await scrub();
      expect(errors).toBe(damaged.length);
      expect((await document()).runs[part]).toMatchObject({ errors, damaged });
      found.push(...damaged);
    }
    expect(found).toEqual([idOf('s7')]);
  });

  it('loses nothing that is published between its calls', async () => {
    const read = new Set<string>();
    for (let call = 0; call < PARTS; call++) {
      for (const id of (await scrub()).read) read.add(id);
      await publish([`new${call}`]);
    }
    expect(SYMBOLS.every((symbol) => read.has(idOf(symbol)))).toBe(true);
    for (let call = 0; call < PARTS; call++) for (const id of (await scrub()).read) read.add(id);
    expect(read.size).toBe(SYMBOLS.length + PARTS);
  });

  it('leaves a part that could not be read to its end to the next call', async () => {
    await scrub();
    const unreachable: ObjectStore = {
      ...lake,
      open: () => Promise.reject(new Error('the network is gone')),
    };
    await expect(scrub(PARTS, { compact: unreachable })).rejects.toThrow('the network is gone');
    expect((await scrub()).part).toBe(2);
  });

  it('counts a part once when two read it at once', async () => {
    const [a, b] = await Promise.all([scrub(), scrub()]);
    expect([a.part, b.part]).toEqual([1, 1]);
    expect((await document()).next_part).toBe(2);
  });

  it('begins with the first part when there are others than before', async () => {
    await scrub();
    expect((await scrub(3)).part).toBe(1);
    expect(await document()).toMatchObject({ parts: 3, next_part: 2, runs: { 1: {} } });
  });

  it('is content with an empty lake', async () => {
    lake = emptyStore();
    expect(await scrub()).toMatchObject({ part: 1, verified: { partitions: 0 }, errors: 0 });
  });

  it('does not write over a document it cannot understand', async () => {
    await lake.put(SCRUB_KEY, new TextEncoder().encode('{"next_part": 9}'));
    await expect(scrub()).rejects.toMatchObject({ kind: 'invalid', code: 'DOCUMENT' });
    expect(new TextDecoder().decode((await lake.get(SCRUB_KEY)).bytes)).toBe('{"next_part": 9}');
  });
});
