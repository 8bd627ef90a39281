import type { ObjectStore } from '@ticklake/storage';
import { crashingStore, interceptStore } from '@ticklake/storage/testing';
import { quarantineSchema } from '@ticklake/jobs';
import { compact } from './job.js';
import { testContext, testRequest } from './testing/context.js';
import { contentsOf, emptyStore, expectedRows, publishedRows, putSpool } from './testing/spool.js';
import { BBO, BBO_FILES, readMeta, rowsFrom, spool, TRADE } from './testing/two-partitions.js';

type Stores = Awaited<ReturnType<typeof spool>>;

const TODAY = '2026-02-04';
const PARTITION = `${BBO}date=20260203/`;
const LATE = { '2026-02-03_11-00-00.parquet': rowsFrom(700, 10) };
const LATER = { '2026-02-03_12-00-00.parquet': rowsFrom(900, 10) };

const run = (stores: Stores) => compact(testRequest(), testContext(stores, { today: TODAY }));

async function arrives(raw: ObjectStore, files: Readonly<Record<string, ReturnType<typeof rowsFrom>>>) {
  for (const [name, rows] of Object.entries(files)) await putSpool(raw, BBO + name, rows);
}

/** Whole stores, for every death anew. */
async function copied(stores: Stores): Promise<Stores> {
  const copyOf = async (store: ObjectStore) => {
    const copy = emptyStore();
    for (const [key, content] of await contentsOf(store)) await copy.put(key, Buffer.from(content, 'latin1'));
    return copy;
  };
  return { raw: await copyOf(stores.raw), compact: await copyOf(stores.compact) };
}

/** A run that dies at each of its operations on the lake in turn; `then` looks at what the next run has made of it. */
async function dieEverywhere(prepared: Stores, then: (stores: Stores) => Promise<void>): Promise<number> {
  for (let failAt = 1; ; failAt++) {
    const stores = await copied(prepared);
    const dying = crashingStore(stores.compact, failAt, 'after');
    await run({ ...stores, compact: dying }).catch(() => undefined);
    if (!dying.crashed) return failAt - 1;
    await run(stores);
    await then(stores);
  }
}

it('late files that a dead run had committed reach those, too, who know only the fixed name', async () => {
  const stores = await spool();
  await run(stores);
  await arrives(stores.raw, LATE);
  const points = await dieEverywhere(stores, async ({ compact: lake }) => {
    expect(await readMeta(lake, PARTITION)).toMatchObject({ data: 'data.parquet', generation: 2 });
    expect(await publishedRows(lake, `${PARTITION}data.parquet`)).toEqual(
      expectedRows({ ...BBO_FILES, ...LATE }),
    );
  });
  expect(points).toBeGreaterThan(20);
}, 60_000);

it('a quarantine is over when its partition is published, whoever died meanwhile', async () => {
  const stores = await spool();
  const key = `${TRADE}date=20260203/part-1770110120-000002.parquet`;
  await stores.raw.put(key, new Uint8Array(9));
  await run(stores);
  await putSpool(stores.raw, key, rowsFrom(6, 5));
  await dieEverywhere(stores, async ({ compact: lake }) => {
    const { bytes } = await lake.get(`QUARANTINE/${TRADE}date=20260203/error.json`);
    const { resolved_at } = quarantineSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    expect(resolved_at).toBe('2026-02-04T12:00:00.000Z');
  });
}, 60_000);

it('what another run has published meanwhile is not replaced by what this one had seen before', async () => {
  const stores = await spool();
  await run(stores);
  await arrives(stores.raw, LATE);
  // Its inputs are chosen; it is about to take its lease when another run sees one file more.
  let isFirst = true;
  const slow = interceptStore(stores.compact, async ({ name, key }, work) => {
    if (isFirst && name === 'get' && key.endsWith('btcusdt/20260203.lock')) {
      isFirst = false;
      await arrives(stores.raw, LATER);
      await run(stores);
    }
    return work();
  });
  const context = testContext({ ...stores, compact: slow }, { today: TODAY });
  expect(await compact(testRequest(), context)).toMatchObject({ failed: 1 });
  expect(context.events.find((event) => event.type === 'failed')).toMatchObject({
    error: { kind: 'conflict', code: 'PUBLISHED_MEANWHILE' },
  });
  expect((await readMeta(stores.compact, PARTITION)).row_count).toBe(240);
  expect(await run(stores)).toMatchObject({ failed: 0, skipped: 2 });
});
