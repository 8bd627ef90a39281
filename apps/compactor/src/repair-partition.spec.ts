import { parseUtcDay } from '@ticklake/core';
import type { ObjectStore } from '@ticklake/storage';
import { collectSpool } from './collect-spool.js';
import { compact } from './job.js';
import { repairLake, repairText } from './repair-lake.js';
import { repairPartition, type RepairContext } from './repair-partition.js';
import { EVERYTHING } from './discover-partitions.js';
import { ARENA, noonOf, testContext, testRequest } from './testing/context.js';
import { contentsOf, expectedRows, publishedRows, putSpool } from './testing/spool.js';
import { BBO, BBO_FILES, readMeta, rowsFrom, spool } from './testing/two-partitions.js';
import { verifyPartition } from './verify-partition.js';

const DAY = parseUtcDay('20260203');
const PARTITION = `${BBO}date=20260203/`;
const DATA = `${PARTITION}data.parquet`;
const META = `${PARTITION}meta.json`;
const KEY = { exchange: 'binance', stream: 'bbo', symbol: 'btcusdt', day: DAY };
const [FIRST = ''] = Object.keys(BBO_FILES);
const LATE = '2026-02-03_09-00-00.parquet';

interface Stores {
  readonly raw: ObjectStore;
  readonly compact: ObjectStore;
}

async function published(
  prepare: (stores: Stores) => Promise<unknown> = () => Promise.resolve(),
): Promise<Stores> {
  const stores = await spool();
  await prepare(stores);
  await compact(testRequest({ onCorrupt: 'skip' }), testContext(stores, { today: '2026-02-04' }));
  return stores;
}

function contextOf(stores: Stores, changes: Partial<RepairContext> = {}): RepairContext {
  const context = testContext(stores, { today: '2026-02-06' });
  const createdAt = '2026-02-06T12:00:00.000Z';
  return { ...context, apply: true, createdAt, onRows: () => undefined, ...changes };
}

const repair = (stores: Stores, changes: Partial<RepairContext> = {}) =>
  repairPartition(KEY, contextOf(stores, changes));

async function change(
  store: ObjectStore,
  key: string,
  how: (bytes: Uint8Array) => Uint8Array,
): Promise<void> {
  await store.put(key, how((await store.get(key)).bytes));
}

const flipped = (bytes: Uint8Array) => bytes.map((byte, i) => (i === 60 ? byte ^ 1 : byte));
const json = (document: object) => new TextEncoder().encode(JSON.stringify(document));

async function changeMeta(stores: Stores, changes: object): Promise<void> {
  await stores.compact.put(META, json({ ...(await readMeta(stores.compact, PARTITION)), ...changes }));
}

async function verified({ raw, compact: lake }: Stores) {
  const { signal } = new AbortController();
  const { findings } = await verifyPartition(KEY, { arena: ARENA, compact: lake, raw, signal });
  return findings.map(({ check }) => check);
}

describe('a partition that is sound', () => {
  it('is left alone', async () => {
    const stores = await published();
    const before = await contentsOf(stores.compact);
    expect(await repair(stores)).toMatchObject({ outcome: 'sound', findings: [] });
    expect(await contentsOf(stores.compact)).toEqual(before);
  });
});

describe('a data object', () => {
  it.each<[string, string, (stores: Stores) => Promise<unknown>]>([
    ['is gone', 'data', ({ compact: lake }) => lake.delete(DATA)],
    ['has another bit', 'sha256', ({ compact: lake }) => change(lake, DATA, flipped)],
    ['is cut short', 'size', ({ compact: lake }) => change(lake, DATA, (bytes) => bytes.slice(0, -9))],
  ])(
    'that %s is made again of its sources, as a new generation with the same rows',
    async (_, check, harm) => {
      const stores = await published();
      const before = await readMeta(stores.compact, PARTITION);
      await harm(stores);
      await putSpool(stores.raw, BBO + LATE, rowsFrom(3, 10));
      const damaged = await contentsOf(stores.compact);
      const planned = await repair(stores, { apply: false });
      expect(planned).toEqual({
        partition: 'binance/bbo/btcusdt/20260203',
        outcome: 'repairable',
        of: 'sources',
        reason: 'the data object is made again of its sources, with the same rows',
        findings: planned.findings,
      });
      expect(planned.findings.map((finding) => finding.check)).toContain(check);
      expect(await contentsOf(stores.compact)).toEqual(damaged);

      expect(await repair(stores)).toMatchObject({ outcome: 'repaired', of: 'sources' });
      const { content, sha256, generation } = await readMeta(stores.compact, PARTITION);
      expect({ content, sha256, generation }).toEqual({
        content: before.content,
        sha256: before.sha256,
        generation: 2,
      });
      expect(await publishedRows(stores.compact, DATA)).toEqual(expectedRows(BBO_FILES));
      // What came late is for the next run.
      expect(await verified(stores)).toEqual(['source_late']);
    },
  );

  it('is made again without the damaged files that it lacked', async () => {
    const stores = await published(({ raw }) => raw.put(BBO + LATE, new Uint8Array(5)));
    const { receipt } = await readMeta(stores.compact, PARTITION);
    expect(receipt.quarantined).toHaveLength(1);
    await stores.compact.delete(DATA);
    expect(await repair(stores)).toMatchObject({ outcome: 'repaired', of: 'sources' });
    expect(await readMeta(stores.compact, PARTITION)).toMatchObject({ complete: false, receipt });
  });

  it.each<[string, RegExp, (stores: Stores) => Promise<unknown>]>([
    ['of which a source is gone', /not in the spool.*10-00-00/, ({ raw }) => raw.delete(BBO + FIRST)],
    [
      'of which a source has other bytes',
      /not the file that was compacted.*10-00-00/,
      ({ raw }) => change(raw, BBO + FIRST, flipped),
    ],
    [
      'of which other rows were published',
      /do not come to the rows that were published .*multiset=.*publishedMultiset=0{32}/,
      (stores) => changeMeta(stores, { content: { multiset: '0'.repeat(32), ordered: '0'.repeat(32) } }),
    ],
  ])('%s is not made again, and what differs is told', async (_, reason, harm) => {
    const stores = await published();
    await harm(stores);
    await stores.compact.delete(DATA);
    const before = await stores.compact.get(META);
    expect(await repair(stores)).toMatchObject({ outcome: 'refused', reason: expect.stringMatching(reason) });
    expect((await stores.compact.get(META)).bytes).toEqual(before.bytes);
    expect(await stores.compact.head(DATA)).toBeUndefined();
  });

  it('is not made again without the spool', async () => {
    const stores = await published();
    await stores.compact.delete(DATA);
    expect(await repair(stores, { raw: undefined })).toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining('--from-sources'),
    });
  });
});

describe('a meta.json', () => {
  it('that is gone is written again from the receipt in the data object', async () => {
    const stores = await published();
    const before = await readMeta(stores.compact, PARTITION);
    await stores.compact.delete(META);
    // Nobody needs the sources for it.
    for (const name of Object.keys(BBO_FILES)) await stores.raw.delete(BBO + name);
    expect(await repair(stores, { apply: false })).toMatchObject({ outcome: 'repairable', of: 'footer' });
    expect(await stores.compact.head(META)).toBeUndefined();
    expect(await repair(stores, { raw: undefined })).toMatchObject({ outcome: 'repaired', of: 'footer' });
    const meta = await readMeta(stores.compact, PARTITION);
    expect(meta).toEqual({ ...before, created_at: '2026-02-06T12:00:00.000Z' });
  });

  it.each<[string, Uint8Array]>([
    ['is cut short', new TextEncoder().encode('{"row_count": 2')],
    ['has another type of value', json({ row_count: 'many' })],
  ])('that %s is too, and stays beside it', async (_, bytes) => {
    const stores = await published();
    const before = await readMeta(stores.compact, PARTITION);
    await stores.compact.put(META, bytes);
    expect(await repair(stores)).toMatchObject({ outcome: 'repaired', of: 'footer' });
    expect((await readMeta(stores.compact, PARTITION)).receipt).toEqual(before.receipt);
    const { objects } = await stores.compact.children(PARTITION);
    const kept = objects.find(({ key }) => key.includes('meta-damaged-'));
    expect((await stores.compact.get(kept?.key ?? '')).bytes).toEqual(bytes);
  });

  it('that says something else of the same sources says again what is true', async () => {
    const stores = await published();
    const before = await readMeta(stores.compact, PARTITION);
    await changeMeta(stores, { row_count: 219, ts_event_min: '7', note: 'by hand' });
    expect(await repair(stores)).toMatchObject({ outcome: 'repaired', of: 'footer' });
    expect(await readMeta(stores.compact, PARTITION)).toEqual({ ...before, note: 'by hand' });
  });

  it('goes on from the newest generation', async () => {
    const stores = await published();
    await putSpool(stores.raw, BBO + LATE, rowsFrom(3, 10));
    await compact(testRequest(), testContext(stores, { today: '2026-02-05' }));
    await stores.compact.delete(META);
    expect(await repair(stores)).toMatchObject({ outcome: 'repaired' });
    expect(await readMeta(stores.compact, PARTITION)).toMatchObject({ generation: 2, row_count: 230 });
  });

  it.each<[string, RegExp, (stores: Stores) => Promise<unknown>]>([
    [
      'of a newer version',
      /another version/,
      ({ compact: lake }) => lake.put(META, json({ schema_version: 'v2', row_count: 'many' })),
    ],
    [
      'of another program, beside its own data',
      /neither/,
      async ({ raw, compact: lake }) => {
        await lake.put(META, json({ rows: 130 }));
        await lake.put(DATA, (await raw.get(BBO + FIRST)).bytes);
      },
    ],
    [
      'that is gone, with a generation staged that may or may not have been published',
      /not the newest generation: data-g2-/,
      async ({ compact: lake }) => {
        await lake.put(`${PARTITION}data-g2-${'0'.repeat(16)}.parquet`, new Uint8Array(3));
        await lake.delete(META);
      },
    ],
    [
      'that is gone with the data object',
      /neither/,
      async ({ compact: lake }) => {
        await lake.delete(META);
        await lake.delete(DATA);
      },
    ],
  ])('%s is refused, and everything stays as it was', async (_, reason, harm) => {
    const stores = await published();
    await harm(stores);
    const before = await contentsOf(stores.compact);
    expect(await repair(stores)).toMatchObject({ outcome: 'refused', reason: expect.stringMatching(reason) });
    expect(await contentsOf(stores.compact)).toEqual(before);
  });
});

describe('a partition whose sources were collected', () => {
  async function collected(): Promise<Stores> {
    const stores = await published();
    const context = { ...testContext(stores, { today: '2026-02-08' }), clock: noonOf('2026-02-08') };
    await collectSpool(EVERYTHING, { ...context, apply: true, graceMs: 0, filesMax: 99 });
    return stores;
  }

  it('gets its meta.json back, and not its data object', async () => {
    const stores = await collected();
    await stores.compact.delete(META);
    expect(await repair(stores)).toMatchObject({ outcome: 'repaired', of: 'footer' });
    await stores.compact.delete(DATA);
    expect(await repair(stores)).toMatchObject({ outcome: 'refused' });
  });
});

describe('a lake', () => {
  it('is gone through, and told about', async () => {
    const stores = await published();
    await stores.compact.delete(DATA);
    const repairs = await repairLake(EVERYTHING, contextOf(stores, { apply: false }));
    expect(repairText(repairs, { apply: false })).toBe(
      [
        'repairable binance/bbo/btcusdt/20260203  the data object is made again of its sources, with the same rows',
        '           data: an object of the partition is missing',
        '2 partitions: 1 sound, 1 can be repaired, 0 refused',
        'nothing was written: run with --apply',
      ].join('\n'),
    );
  });
});
