import { parseUtcDay } from '@ticklake/core';
import { coverageOf, coverageText } from './coverage.js';
import { EVERYTHING } from './discover-partitions.js';
import { compact } from './job.js';
import { isTroubled, listPartitions, listText } from './list-partitions.js';
import { parsePartition } from './partition-key.js';
import { testContext, testRequest } from './testing/context.js';
import { putSpool } from './testing/spool.js';
import { BBO, rowsFrom, spool, TRADE } from './testing/two-partitions.js';

const { signal } = new AbortController();
const DIRECTORY = `${BBO}date=20260203/`;
const ID = 'binance/bbo/btcusdt/20260203';
type Stores = Awaited<ReturnType<typeof spool>>;

/** Both partitions are published. */
async function lake(): Promise<Stores> {
  const stores = await spool();
  await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
  return stores;
}

const list = ({ compact: store, raw }: Stores, withRaw = true) =>
  listPartitions({ compact: store, raw: withRaw ? raw : undefined, filter: EVERYTHING, signal });
const cover = ({ compact: store, raw }: Stores, withRaw = true) =>
  coverageOf({ compact: store, raw: withRaw ? raw : undefined, filter: EVERYTHING, signal });

describe('a listing', () => {
  it('shows objects, receipt, generation and standing of what is sound', async () => {
    const listings = await list(await lake());
    expect(listings.map(({ partition }) => partition)).toEqual([ID, 'okx/trade/ethusdt/20260203']);
    expect(listings[0]).toMatchObject({
      ...{ status: 'published', standing: 'current', quarantinedFiles: 0 },
      objects: [{ name: 'data.parquet' }, { name: 'meta.json' }],
      meta: {
        generation: 1,
        rows: 220,
        sourceFiles: 3,
        isDataThere: true,
        isBalanced: true,
        isComplete: true,
        isHeld: false,
      },
    });
    expect(listings.some(isTroubled)).toBe(false);
    expect(listText(listings)).toContain(
      `${ID}  published  generation=1 rows=220 sources=3  receipt balanced  current`,
    );
  });

  it('tells files that came late, and is no judge of what the spool has no file of', async () => {
    const stores = await lake();
    await putSpool(stores.raw, `${BBO}2026-02-03_12-00-00.parquet`, rowsFrom(0, 3));
    for await (const { key } of stores.raw.list(TRADE)) await stores.raw.delete(key);
    const [late, gone] = await list(stores);
    expect([late?.standing, gone?.standing]).toEqual(['late', undefined]);
    expect((await list(stores, false))[0]?.standing).toBeUndefined();
  });

  it('tells what is in quarantine, published or not', async () => {
    const stores = await lake();
    await stores.raw.put(`${BBO}2026-02-03_12-00-00.parquet`, new Uint8Array([1, 2, 3]));
    await stores.raw.put(`${BBO}2026-02-04_12-00-00.parquet`, new Uint8Array([1, 2, 3]));
    await compact(testRequest(), testContext(stores, { today: '2026-02-05' }));
    const [published, absent] = await list(stores, false);
    expect(published).toMatchObject({ status: 'published', quarantinedFiles: 1 });
    expect(absent).toMatchObject({
      partition: 'binance/bbo/btcusdt/20260204',
      status: 'absent',
      quarantinedFiles: 1,
    });
    const record = 'QUARANTINE/exchange=binance/stream=bbo/symbol=btcusdt/date=20260204/error.json';
    await stores.compact.put(record, new Uint8Array(1));
    expect((await list(stores, false))[1]).toMatchObject({ quarantinedFiles: null });
  });

  it.each<[string, string, string, object]>([
    ['data without a manifest', 'meta.json', '', { status: 'uncommitted', meta: undefined }],
    ['a manifest of another program', 'meta.json', '{"rows": 7}', { status: 'unreadable', meta: undefined }],
    ['a manifest without its data', 'data.parquet', '', { meta: { isDataThere: false } }],
    ['data of another size', 'data.parquet', 'xyz', { meta: { isDataThere: false } }],
  ])('tells %s', async (_, name, text, expected) => {
    const stores = await lake();
    if (text === '') await stores.compact.delete(DIRECTORY + name);
    else await stores.compact.put(DIRECTORY + name, new TextEncoder().encode(text));
    const [listing] = await list(stores, false);
    expect(listing).toMatchObject(expected);
    expect(listing && isTroubled(listing)).toBe(true);
  });

  it('tells a receipt that does not add up', async () => {
    const stores = await lake();
    const text = new TextDecoder().decode((await stores.compact.get(`${DIRECTORY}meta.json`)).bytes);
    const meta = JSON.parse(text);
    meta.sources.pop();
    await stores.compact.put(`${DIRECTORY}meta.json`, new TextEncoder().encode(JSON.stringify(meta)));
    expect((await list(stores, false))[0]).toMatchObject({ meta: { isBalanced: false } });
  });
});

describe('the name of a partition', () => {
  it.each([ID, DIRECTORY, DIRECTORY.slice(0, -1)])('is read: %s', (text) => {
    const key = { exchange: 'binance', stream: 'bbo', symbol: 'btcusdt', day: parseUtcDay('20260203') };
    expect(parsePartition(text)).toEqual(key);
  });

  it.each(['', 'a/b/c', 'a/b/c/20260230', 'a/b/c/20260203/d', 'a/../c/20260203', '/a/b/c/20260203'])(
    'is refused: %j',
    (text) => {
      expect(() => parsePartition(text)).toThrow(expect.objectContaining({ kind: 'invalid', code: 'NAME' }));
    },
  );
});

describe('coverage', () => {
  it('finds holes between the first and the last day of each symbol, and days that only the spool has', async () => {
    const stores = await lake();
    for (const day of ['05', '06', '07']) {
      await putSpool(stores.raw, `${BBO}2026-02-${day}_10-00-00.parquet`, rowsFrom(0, 5));
    }
    await compact(testRequest(), testContext(stores, { today: '2026-02-08' }));
    await stores.compact.delete(`${BBO}date=20260206/meta.json`);
    await putSpool(stores.raw, `${TRADE}date=20260208/part-1.parquet`, rowsFrom(0, 5));
    const coverage = await cover(stores);
    expect(coverage).toEqual({
      from: '2026-02-03',
      to: '2026-02-08',
      symbols: [
        {
          name: 'binance/bbo/btcusdt',
          published: ['2026-02-03', '2026-02-05', '2026-02-07'],
          holes: ['2026-02-04', '2026-02-06'],
          unpublished: ['2026-02-06'],
        },
        { name: 'okx/trade/ethusdt', published: ['2026-02-03'], holes: [], unpublished: ['2026-02-08'] },
      ],
      gaps: 3,
    });
    expect(coverageText(coverage).split('\n')).toEqual([
      'binance/bbo/btcusdt  #.#!#   3 days',
      'okx/trade/ethusdt    #    !  1 days',
      'binance/bbo/btcusdt not published: 20260206',
      'binance/bbo/btcusdt holes: 20260204 20260206',
      'okx/trade/ethusdt not published: 20260208',
      '2026-02-03 … 2026-02-08: 2 symbols, 3 gaps',
    ]);
    expect((await cover(stores, false)).gaps).toBe(2);
  });

  it('of nothing has no day', async () => {
    const stores = await spool();
    expect(coverageText(await cover(stores, false))).toBe('no day is there');
    expect((await cover(stores)).gaps).toBe(2);
  });
});
