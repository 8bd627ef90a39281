import { readQuarantine } from '@ticklake/jobs';
import { parseUtcDay } from '@ticklake/core';
import type { ObjectStore } from '@ticklake/storage';
import { compactPartition } from './compact-partition.js';
import { STATE_KEY } from './documents.js';
import { compact } from './job.js';
import { reportQuality } from './quality/report-quality.js';
import { ARENA, testContext, testRequest } from './testing/context.js';
import {
  contentsOf,
  expectedRows,
  parquetBytes,
  publishedRows,
  putSpool,
  spoolBatch,
} from './testing/spool.js';
import { BBO, BBO_FILES, readMeta, readStateOf, rowsFrom, spool, TRADE } from './testing/two-partitions.js';
import { verifyPartition } from './verify-partition.js';

const DAY = parseUtcDay('20260203');
const PARTITION = `${BBO}date=20260203/`;
const ID = 'binance/bbo/btcusdt/20260203';
const KEY = { exchange: 'binance', stream: 'bbo', symbol: 'btcusdt', day: DAY };
/** Two rows before the last of the sound files, so that it would be merged in between. */
const BAD = '2026-02-03_10-00-30.parquet';
const BAD_ROWS = rowsFrom(3, 10);

const skip = testRequest({ onCorrupt: 'skip' });
const overwriting = testRequest({
  days: { mode: 'single', day: DAY },
  onCorrupt: 'skip',
  overwrite: true,
});

/** A Parquet file whose footer can be read, and one of whose pages cannot. */
async function damagedBytes(): Promise<Uint8Array> {
  const bytes = await parquetBytes(spoolBatch(BAD_ROWS));
  return bytes.map((byte, i) => (i === 60 ? byte ^ 1 : byte));
}

/** The spool of two partitions, the first with a damaged file and one that is none at all. */
async function damagedSpool() {
  const stores = await spool();
  await stores.raw.put(BBO + BAD, await damagedBytes());
  await stores.raw.put(`${BBO}2026-02-03_10-04-00.parquet`, new Uint8Array(7));
  return stores;
}

async function run(stores: { raw: ObjectStore; compact: ObjectStore }, request = skip, today = '2026-02-04') {
  const context = testContext(stores, { today });
  return { ...(await compact(request, context)), events: context.events };
}

const verdict = ({ raw, compact: lake }: { raw: ObjectStore; compact: ObjectStore }) =>
  verifyPartition(KEY, { arena: ARENA, compact: lake, raw, signal: new AbortController().signal });

describe('--on-corrupt skip', () => {
  it('publishes the sound files, and says exactly what is missing', async () => {
    const stores = await damagedSpool();
    const summary = await run(stores);
    expect(summary).toMatchObject({ done: 2, failed: 0, incomplete: 1, lastCompactedDay: null });
    const meta = await readMeta(stores.compact, PARTITION);
    expect(meta).toMatchObject({ complete: false, row_count: 220, source_files: 3, generation: 1 });
    expect(meta.receipt.inputs).toMatchObject({ files: 3, rows: 220 });
    expect(meta.receipt.quarantined).toEqual([
      { name: BAD, size: 629, sha256: expect.any(String), code: 'CRC_MISMATCH', rows: 10 },
      {
        name: '2026-02-03_10-04-00.parquet',
        size: 7,
        sha256: expect.any(String),
        code: 'BAD_MAGIC',
        rows: null,
      },
    ]);
    expect(await publishedRows(stores.compact, `${PARTITION}data.parquet`)).toEqual(expectedRows(BBO_FILES));
    expect(await readMeta(stores.compact, `${TRADE}date=20260203/`)).toMatchObject({ complete: true });
  });

  it('is told by state, by the quality report, by verify, and by a note', async () => {
    const stores = await damagedSpool();
    const { events } = await run(stores);
    const state = await readStateOf(stores.compact);
    expect(state.partitions[ID]).toMatchObject({ status: 'quarantine', complete: false, rows: 220 });
    expect(state.days['20260203']?.status).toBe('quarantine');
    const days = [DAY];
    const { signal } = new AbortController();
    const report = await reportQuality({
      ...{ ...stores, days, filter: skip.filter, signal, arena: ARENA },
      ...{ scan: false, silenceMs: () => 60_000 },
    });
    expect(report.days).toMatchObject([{ quarantined: ['binance/bbo/btcusdt'], stale: [] }]);
    const { findings } = await verdict(stores);
    expect(findings.filter(({ check }) => check !== 'source_late')).toEqual([
      {
        check: 'complete',
        severity: 'warning',
        message: 'damaged files were left out of the partition',
        details: { files: 2, rows: 10, filesOfUnknownRows: 1, names: `${BAD},2026-02-03_10-04-00.parquet` },
      },
    ]);
    expect(events).toContainEqual(
      expect.objectContaining({
        message: 'published without damaged files',
        details: { partition: ID, files: 2, rows: 10, unreadable: 1 },
      }),
    );
  });

  it('does nothing on the next run over the same files, and still says so', async () => {
    const stores = await damagedSpool();
    await run(stores);
    const before = await contentsOf(stores.compact);
    for (const request of [skip, testRequest()]) {
      expect(await run(stores, request)).toMatchObject({ done: 0, skipped: 2, failed: 0, incomplete: 1 });
      expect(await contentsOf(stores.compact)).toEqual(before);
    }
  });

  it('changes nothing that is published when state was lost', async () => {
    const stores = await damagedSpool();
    await run(stores);
    const before = await readMeta(stores.compact, PARTITION);
    await stores.compact.delete(STATE_KEY);
    expect(await run(stores)).toMatchObject({ done: 0, skipped: 2, incomplete: 1 });
    expect(await readMeta(stores.compact, PARTITION)).toEqual(before);
    expect((await readStateOf(stores.compact)).partitions[ID]?.inputs).toBeDefined();
  });

  it.each([
    ['of another size', rowsFrom(3, 25)],
    ['of the same size', BAD_ROWS],
  ])('is made complete by a file that was mended, %s', async (_, rows) => {
    const stores = await damagedSpool();
    await run(stores);
    await putSpool(stores.raw, BBO + BAD, rows);
    await putSpool(stores.raw, `${BBO}2026-02-03_10-04-00.parquet`, []);
    // Long after any late file would be merged: it is unfinished work.
    const summary = await run(stores, testRequest(), '2026-03-04');
    expect(summary).toMatchObject({ failed: 0, incomplete: 0, lastCompactedDay: '20260303' });
    const meta = await readMeta(stores.compact, PARTITION);
    expect(meta).toMatchObject({
      complete: true,
      generation: 2,
      source_files: 5,
      row_count: 220 + rows.length,
    });
    expect(meta.receipt.quarantined).toEqual([]);
    expect(await publishedRows(stores.compact, `${PARTITION}data.parquet`)).toEqual(
      expectedRows({ ...BBO_FILES, [BAD]: rows }),
    );
    expect((await readQuarantine(stores.compact, `QUARANTINE/${PARTITION}`))?.resolved_at).not.toBeNull();
    expect((await verdict(stores)).findings).toEqual([]);
  });

  it('takes sound files in that came after it', async () => {
    const stores = await damagedSpool();
    await run(stores);
    await putSpool(stores.raw, `${BBO}2026-02-03_09-00-00.parquet`, rowsFrom(1, 4));
    expect(await run(stores)).toMatchObject({ done: 1, incomplete: 1 });
    expect(await readMeta(stores.compact, PARTITION)).toMatchObject({
      complete: false,
      generation: 2,
      row_count: 224,
    });
  });

  it('publishes nothing when no file is sound, and does not try again', async () => {
    const stores = await spool();
    for (const name of Object.keys(BBO_FILES)) await stores.raw.put(BBO + name, new Uint8Array(3));
    expect(await run(stores)).toMatchObject({ done: 1, failed: 1, incomplete: 0 });
    expect(await stores.compact.head(`${PARTITION}meta.json`)).toBeUndefined();
    const before = await contentsOf(stores.compact);
    const { events, failed } = await run(stores);
    expect(failed).toBe(1);
    expect(events.find((event) => event.type === 'failed')).toMatchObject({
      error: { details: { known: true } },
    });
    expect(await contentsOf(stores.compact)).toEqual(before);
  });

  it('publishes what a stricter run refused', async () => {
    const stores = await damagedSpool();
    expect(await run(stores, testRequest())).toMatchObject({ done: 1, failed: 1 });
    expect(await run(stores)).toMatchObject({ done: 1, failed: 0, incomplete: 1 });
  });
});

describe('what is complete', () => {
  it('is not replaced by less because damaged files came, unless it is to be overwritten', async () => {
    const stores = await spool();
    await run(stores);
    const before = await readMeta(stores.compact, PARTITION);
    await stores.raw.put(BBO + BAD, await damagedBytes());
    await putSpool(stores.raw, `${BBO}2026-02-03_09-00-00.parquet`, rowsFrom(1, 4));
    const { events, failed } = await run(stores);
    expect(failed).toBe(1);
    expect(events.find((event) => event.type === 'failed')).toMatchObject({
      quarantined: true,
      error: { details: { objection: 'what is published is complete, and only --overwrite replaces it' } },
    });
    expect(await readMeta(stores.compact, PARTITION)).toEqual(before);
    expect(await run(stores, overwriting)).toMatchObject({ done: 1, incomplete: 1 });
    expect(await readMeta(stores.compact, PARTITION)).toMatchObject({
      complete: false,
      generation: 2,
      row_count: 224,
    });
  });

  it('keeps the rows of a file that has gone bad since, whatever is asked', async () => {
    const stores = await spool();
    await putSpool(stores.raw, BBO + BAD, BAD_ROWS);
    await run(stores);
    const before = await contentsOf(stores.compact);
    await stores.raw.put(BBO + BAD, await damagedBytes());
    const { events, failed } = await run(stores, overwriting);
    expect(failed).toBe(1);
    expect(events.find((event) => event.type === 'failed')).toMatchObject({
      error: { details: { objection: 'rows that are published would be lost' } },
    });
    const after = await contentsOf(stores.compact);
    for (const name of ['meta.json', 'data.parquet'])
      expect(after.get(PARTITION + name)).toBe(before.get(PARTITION + name));
  });

  it('is not replaced by a run that decided before it was published', async () => {
    const stores = await spool();
    await run(stores);
    const { objects: sources } = await stores.raw.children(BBO);
    const quarantined = [{ name: BAD, size: 1, sha256: '0'.repeat(64), code: 'TRUNCATED', rows: null }];
    const task = { id: ID, key: KEY, sources, replace: true, onCorrupt: 'skip' as const, quarantined };
    const context = {
      ...testContext(stores, { today: '2026-02-05' }),
      createdAt: '',
      onRows: () => undefined,
    };
    await expect(compactPartition(task, context)).rejects.toMatchObject({ code: 'PUBLISHED_MEANWHILE' });
    const fewer = { ...task, overwrite: true, sources: sources.slice(1) };
    await expect(compactPartition(fewer, context)).rejects.toMatchObject({ code: 'PUBLISHED_MEANWHILE' });
    expect(await readMeta(stores.compact, PARTITION)).toMatchObject({ complete: true, generation: 1 });
  });

  it('is what a manifest from before says, which does not say it', async () => {
    const stores = await spool();
    await run(stores);
    const { complete: _, ...older } = await readMeta(stores.compact, PARTITION);
    await stores.compact.put(`${PARTITION}meta.json`, new TextEncoder().encode(JSON.stringify(older)));
    expect(await readMeta(stores.compact, PARTITION)).toMatchObject({ complete: true });
    expect(await run(stores)).toMatchObject({ done: 0, skipped: 2, incomplete: 0 });
    expect((await verdict(stores)).findings).toEqual([]);
  });
});

describe('--retry-quarantine', () => {
  const retry = testRequest({ retryQuarantine: true });

  /** `raw` whose damaged file reads as it should, though nothing says that it changed: the reader has learned. */
  async function withBetterReader({ raw, compact: lake }: { raw: ObjectStore; compact: ObjectStore }) {
    const sound = await parquetBytes(spoolBatch(BAD_ROWS));
    const better: ObjectStore = {
      ...raw,
      async get(key, into) {
        const found = await raw.get(key, into);
        return key === BBO + BAD ? { ...found, bytes: sound } : found;
      },
    };
    return { raw: better, compact: lake };
  }

  it.each(['fail', 'skip'] as const)('judges the same files again, after %s', async (onCorrupt) => {
    const stores = await spool();
    await stores.raw.put(BBO + BAD, await damagedBytes());
    await run(stores, testRequest({ onCorrupt }));
    const better = await withBetterReader(stores);
    const without = await run(better, testRequest({ onCorrupt }));
    expect(without.failed + without.incomplete).toBe(1);
    expect(await run(better, retry)).toMatchObject({ done: 1, failed: 0, incomplete: 0 });
    expect(await readMeta(stores.compact, PARTITION)).toMatchObject({ complete: true, row_count: 230 });
    expect((await readQuarantine(stores.compact, `QUARANTINE/${PARTITION}`))?.resolved_at).not.toBeNull();
    expect((await readStateOf(stores.compact)).partitions[ID]?.status).toBe('success');
  });

  it('makes a partition complete whose damaged files were taken away; a usual run does not', async () => {
    const stores = await damagedSpool();
    await run(stores);
    await stores.raw.delete(BBO + BAD);
    await stores.raw.delete(`${BBO}2026-02-03_10-04-00.parquet`);
    expect(await run(stores)).toMatchObject({ done: 0, incomplete: 1 });
    expect(await run(stores, retry)).toMatchObject({ done: 1, incomplete: 0 });
    expect(await readMeta(stores.compact, PARTITION)).toMatchObject({ complete: true, generation: 2 });
  });

  it('finds the same damage again, and writes nothing new', async () => {
    const stores = await damagedSpool();
    await run(stores);
    const before = await contentsOf(stores.compact);
    expect(await run(stores, testRequest({ retryQuarantine: true, onCorrupt: 'skip' }))).toMatchObject({
      done: 0,
      incomplete: 1,
    });
    const locks = (contents: ReadonlyMap<string, string>) =>
      new Map([...contents].filter(([key]) => !key.endsWith('.lock')));
    expect(locks(await contentsOf(stores.compact))).toEqual(locks(before));
  });
});

describe('a damaged file that came after a partition was complete', () => {
  it('leaves the quarantine when it is taken away', async () => {
    const stores = await spool();
    await run(stores, testRequest());
    await stores.raw.put(BBO + BAD, await damagedBytes());
    expect(await run(stores, testRequest())).toMatchObject({ failed: 1 });
    await stores.raw.delete(BBO + BAD);
    expect(await run(stores, testRequest())).toMatchObject({ failed: 0, skipped: 2 });
    expect((await readQuarantine(stores.compact, `QUARANTINE/${PARTITION}`))?.resolved_at).not.toBeNull();
  });
});
