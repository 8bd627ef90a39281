import { parseUtcDay } from '@ticklake/core';
import { STATE_KEY } from './documents.js';
import { compact } from './job.js';
import { testContext, testRequest } from './testing/context.js';
import { contentsOf, emptyStore, expectedRows, publishedRows, putSpool } from './testing/spool.js';
import {
  BBO,
  TRADE,
  DAY_MS,
  rowsFrom,
  BBO_FILES,
  TRADE_FILES,
  spool,
  readMeta,
  readStateOf,
} from './testing/two-partitions.js';

const day = parseUtcDay;

describe('a first run', () => {
  it('publishes each partition of yesterday, sorted and numbered', async () => {
    const stores = await spool();
    const summary = await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
    expect(summary).toMatchObject({
      done: 2,
      skipped: 0,
      failed: 0,
      rows: 300,
      lastCompactedDay: '20260203',
    });
    expect(await publishedRows(stores.compact, `${BBO}date=20260203/data.parquet`)).toEqual(
      expectedRows(BBO_FILES),
    );
    expect(await publishedRows(stores.compact, `${TRADE}date=20260203/data.parquet`)).toEqual(
      expectedRows(TRADE_FILES),
    );
  });

  it('writes a meta.json with the fields of the pipeline notes and a receipt of every source', async () => {
    const stores = await spool();
    await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
    const meta = await readMeta(stores.compact, `${BBO}date=20260203/`);
    expect(meta).toMatchObject({
      row_count: 220,
      schema_version: 'v1',
      ts_event_min: DAY_MS.toString(),
      ts_event_max: (DAY_MS + 1890n).toString(),
      created_at: '2026-02-04T12:00:00.000Z',
      source_files: 3,
      stream_type: 'bbo',
      ordering_columns: ['ts_event', 'seq'],
      data: 'data.parquet',
      generation: 1,
      out_of_day_rows: 0,
    });
    expect(meta.sources.map(({ name, rows }) => [name, rows])).toEqual([
      ['2026-02-03_10-00-00.parquet', 130],
      ['2026-02-03_10-01-00.parquet', 90],
      ['2026-02-03_10-02-00.parquet', 0],
    ]);
    expect(meta.receipt.inputs).toMatchObject({ files: 3, rows: 220, multiset: meta.content.multiset });
  });

  it('leaves the spool as it was and nothing unfinished behind', async () => {
    const stores = await spool();
    const before = await contentsOf(stores.raw);
    await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
    expect(await contentsOf(stores.raw)).toEqual(before);
    const keys = [...(await contentsOf(stores.compact)).keys()].filter((key) => !key.endsWith('.lock'));
    expect(keys).toEqual([
      STATE_KEY,
      `${BBO}date=20260203/data.parquet`,
      `${BBO}date=20260203/meta.json`,
      `${TRADE}date=20260203/data.parquet`,
      `${TRADE}date=20260203/meta.json`,
    ]);
  });

  it('looks at yesterday only', async () => {
    const stores = await spool();
    const summary = await compact(testRequest(), testContext(stores, { today: '2026-02-06' }));
    expect(summary).toMatchObject({ done: 0, days: ['2026-02-05'] });
  });
});

describe('running again', () => {
  it('writes nothing when nothing changed', async () => {
    const stores = await spool();
    await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
    const before = await contentsOf(stores.compact);
    const summary = await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
    expect(summary).toMatchObject({ done: 0, skipped: 2, failed: 0 });
    expect(await contentsOf(stores.compact)).toEqual(before);
  });

  it('changes nothing with --overwrite when the rows are the same', async () => {
    const stores = await spool();
    await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
    const before = await readMeta(stores.compact, `${BBO}date=20260203/`);
    const request = testRequest({ days: { mode: 'single', day: day('20260203') }, overwrite: true });
    const summary = await compact(request, testContext(stores, { today: '2026-02-05' }));
    expect(summary).toMatchObject({ done: 0, skipped: 2 });
    expect(await readMeta(stores.compact, `${BBO}date=20260203/`)).toEqual(before);
  });

  it('publishes the same bytes from any machine, whatever the budget and the fan-in', async () => {
    const contents: (string | undefined)[] = [];
    for (const changes of [{}, { openMax: 2 }, { memory: 1, sortRows: 7 }]) {
      const stores = await spool();
      const context = testContext(stores, { today: '2026-02-04' });
      await compact(testRequest(), { ...context, settings: { ...context.settings, ...changes } });
      contents.push((await contentsOf(stores.compact)).get(`${BBO}date=20260203/data.parquet`));
    }
    expect(contents[0]).toBeDefined();
    expect(new Set(contents).size).toBe(1);
  });

  it('compacts a compacted file to the same rows', async () => {
    const stores = await spool();
    await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
    const first = await stores.compact.get(`${BBO}date=20260203/data.parquet`);
    const again = { raw: emptyStore(), compact: emptyStore() };
    await again.raw.put(`${BBO}2026-02-03_00-00-00.parquet`, first.bytes);
    await compact(testRequest(), testContext(again, { today: '2026-02-04' }));
    const [a, b] = [
      await readMeta(stores.compact, `${BBO}date=20260203/`),
      await readMeta(again.compact, `${BBO}date=20260203/`),
    ];
    expect(b.content).toEqual(a.content);
    expect(b.schema_sha256).toBe(a.schema_sha256);
  });
});

describe('files that come late', () => {
  const late = `${BBO}2026-02-03_09-00-00.parquet`;

  it('are merged by the next catch-up as a new generation with a new receipt', async () => {
    const stores = await spool();
    await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
    await putSpool(stores.raw, late, rowsFrom(3, 10));
    const summary = await compact(testRequest(), testContext(stores, { today: '2026-02-05' }));
    expect(summary).toMatchObject({ done: 1, skipped: 1, failed: 0 });
    const meta = await readMeta(stores.compact, `${BBO}date=20260203/`);
    expect(meta).toMatchObject({ generation: 2, data: 'data.parquet', source_files: 4, row_count: 230 });
    expect(await publishedRows(stores.compact, `${BBO}date=20260203/data.parquet`)).toEqual(
      expectedRows({ ...BBO_FILES, '2026-02-03_09-00-00.parquet': rowsFrom(3, 10) }),
    );
  });

  it('make the partition stale, and the run fail, when they are too late or the mode is another', async () => {
    const stores = await spool();
    await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
    await putSpool(stores.raw, late, rowsFrom(3, 10));
    const single = testRequest({ days: { mode: 'single', day: day('20260203') } });
    const context = testContext(stores, { today: '2026-02-05' });
    expect(await compact(single, context)).toMatchObject({ done: 0, skipped: 1, failed: 1 });
    const failed = context.events.find((event) => event.type === 'failed');
    expect(failed).toMatchObject({ error: { code: 'STALE' } });
    expect((await readStateOf(stores.compact)).partitions['binance/bbo/btcusdt/20260203']?.status).toBe(
      'stale',
    );
  });

  it('without a row make a new receipt too, so that the partition is not stale for ever', async () => {
    const stores = await spool();
    await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
    await putSpool(stores.raw, late, []);
    expect(await compact(testRequest(), testContext(stores, { today: '2026-02-05' }))).toMatchObject({
      done: 1,
    });
    const meta = await readMeta(stores.compact, `${BBO}date=20260203/`);
    expect(meta).toMatchObject({ generation: 2, source_files: 4, row_count: 220 });
    const request = testRequest({ days: { mode: 'single', day: day('20260203') } });
    const next = await compact(request, testContext(stores, { today: '2026-03-05' }));
    expect(next).toMatchObject({ skipped: 2, failed: 0 });
  });

  it('are merged by --overwrite whenever asked', async () => {
    const stores = await spool();
    await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
    await putSpool(stores.raw, late, rowsFrom(3, 10));
    const request = testRequest({ days: { mode: 'single', day: day('20260203') }, overwrite: true });
    expect(await compact(request, testContext(stores, { today: '2026-03-04' }))).toMatchObject({ done: 1 });
    expect((await readMeta(stores.compact, `${BBO}date=20260203/`)).row_count).toBe(230);
  });
});

describe('a spool that lost published files', () => {
  it('never replaces what was made of them', async () => {
    const stores = await spool();
    await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
    await stores.raw.delete(`${BBO}2026-02-03_10-01-00.parquet`);
    const context = testContext(stores, { today: '2026-02-04' });
    const request = testRequest({ days: { mode: 'single', day: day('20260203') }, overwrite: true });
    expect(await compact(request, context)).toMatchObject({ failed: 1 });
    expect(context.events.find((event) => event.type === 'failed')).toMatchObject({
      error: { kind: 'incomplete', code: 'SOURCES_GONE' },
    });
    expect((await readMeta(stores.compact, `${BBO}date=20260203/`)).row_count).toBe(220);
  });
});

describe('one file in both layouts', () => {
  it('is refused, because merging both would double its rows', async () => {
    const stores = await spool();
    const [name = ''] = Object.keys(BBO_FILES);
    await putSpool(stores.raw, `${BBO}date=20260203/${name}`, rowsFrom(0, 130));
    const context = testContext(stores, { today: '2026-02-04' });
    expect(await compact(testRequest(), context)).toMatchObject({ done: 1, failed: 1 });
    expect(context.events.find((event) => event.type === 'failed')).toMatchObject({
      error: { kind: 'invalid', code: 'NAME_TWICE' },
    });
    expect(await stores.compact.head(`${BBO}date=20260203/meta.json`)).toBeUndefined();
  });
});

describe('a published partition whose data is gone', () => {
  it('is not made again of fewer files than before', async () => {
    const stores = await spool();
    await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
    await stores.compact.delete(`${BBO}date=20260203/data.parquet`);
    await stores.raw.delete(`${BBO}2026-02-03_10-01-00.parquet`);
    const context = testContext(stores, { today: '2026-02-04' });
    expect(await compact(testRequest(), context)).toMatchObject({ done: 0, skipped: 1, failed: 1 });
    expect(context.events.find((event) => event.type === 'failed')).toMatchObject({
      error: { code: 'SOURCES_GONE' },
    });
    expect((await readMeta(stores.compact, `${BBO}date=20260203/`)).row_count).toBe(220);
  });

  it('is made again', async () => {
    const stores = await spool();
    await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
    await stores.compact.delete(`${BBO}date=20260203/data.parquet`);
    const summary = await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
    expect(summary).toMatchObject({ done: 1, skipped: 1, failed: 0 });
    expect(await publishedRows(stores.compact, `${BBO}date=20260203/data.parquet`)).toEqual(
      expectedRows(BBO_FILES),
    );
  });
});

describe('two runs at once', () => {
  it('end as one, though each takes the lease from the other', async () => {
    const alone = await spool();
    await compact(testRequest(), testContext(alone, { today: '2026-02-04' }));
    const stores = await spool();
    const runs = ['a', 'b', 'c', 'd'].map((owner) =>
      compact(testRequest(), { ...testContext(stores, { today: '2026-02-04' }), owner }),
    );
    for (const { failed } of await Promise.all(runs)) expect(failed).toBe(0);
    await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
    for (const directory of [BBO, TRADE]) {
      const [one, many] = [alone, stores].map(async ({ compact: lake }) => {
        const { bytes } = await lake.get(`${directory}date=20260203/data.parquet`);
        const { etag: _, ...meta } = await readMeta(lake, `${directory}date=20260203/`);
        return { bytes: Buffer.from(bytes).toString('hex'), meta };
      });
      expect(await many).toEqual(await one);
    }
    expect((await readStateOf(stores.compact)).last_compacted_date).toBe('20260203');
  });
});

describe('damaged files', () => {
  async function damagedSpool() {
    const stores = await spool();
    await stores.raw.put(
      `${BBO}2026-02-03_10-03-00.parquet`,
      new TextEncoder().encode('PAR1 but not for long'),
    );
    await stores.raw.put(`${BBO}2026-02-03_10-04-00.parquet`, new Uint8Array(0));
    return stores;
  }

  it('are all put away with their codes, their partition is not published, the others are', async () => {
    const stores = await damagedSpool();
    const context = testContext(stores, { today: '2026-02-04' });
    const summary = await compact(testRequest(), context);
    expect(summary).toMatchObject({ done: 1, failed: 1, lastCompactedDay: null });
    expect(await stores.compact.head(`${BBO}date=20260203/meta.json`)).toBeUndefined();
    const { bytes } = await stores.compact.get(`QUARANTINE/${BBO}date=20260203/error.json`);
    const { errors } = JSON.parse(new TextDecoder().decode(bytes));
    expect(errors.map(({ file, type }: { file: string; type: string }) => [file, type])).toEqual([
      [`${BBO}2026-02-03_10-03-00.parquet`, expect.any(String)],
      [`${BBO}2026-02-03_10-04-00.parquet`, expect.any(String)],
    ]);
    expect(errors.map(({ type }: { type: string }) => type)).not.toContain('OTHER');
    const state = await readStateOf(stores.compact);
    expect(state.partitions['binance/bbo/btcusdt/20260203']?.status).toBe('quarantine');
    expect(state.days['20260203']?.status).toBe('quarantine');
  });

  it('stay a failure on the next run, without another reading or writing', async () => {
    const stores = await damagedSpool();
    await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
    const before = await contentsOf(stores.compact);
    expect(await compact(testRequest(), testContext(stores, { today: '2026-02-04' }))).toMatchObject({
      failed: 1,
    });
    expect(await contentsOf(stores.compact)).toEqual(before);
  });

  it('are forgotten when they are taken away: the partition is published and the day is done', async () => {
    const stores = await damagedSpool();
    await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
    await stores.raw.delete(`${BBO}2026-02-03_10-03-00.parquet`);
    await stores.raw.delete(`${BBO}2026-02-03_10-04-00.parquet`);
    const summary = await compact(testRequest(), testContext(stores, { today: '2026-02-05' }));
    expect(summary).toMatchObject({ done: 1, failed: 0, lastCompactedDay: '20260204' });
    const { bytes } = await stores.compact.get(`QUARANTINE/${BBO}date=20260203/error.json`);
    expect(JSON.parse(new TextDecoder().decode(bytes)).resolved_at).toBe('2026-02-05T12:00:00.000Z');
  });

  it('of another schema than the rest are told column by column', async () => {
    const stores = await spool();
    const { bytes } = await stores.raw.get(`${BBO}2026-02-03_10-00-00.parquet`);
    const compacted = { raw: emptyStore(), compact: emptyStore() };
    await compacted.raw.put(`${BBO}2026-02-03_10-00-00.parquet`, bytes);
    await compact(testRequest(), testContext(compacted, { today: '2026-02-04' }));
    const numbered = await compacted.compact.get(`${BBO}date=20260203/data.parquet`);
    await stores.raw.put(`${BBO}2026-02-03_11-00-00.parquet`, numbered.bytes);
    const context = testContext(stores, { today: '2026-02-04' });
    await compact(testRequest(), context);
    const failure = context.events.find((event) => event.type === 'failed');
    expect(failure).toMatchObject({ quarantined: true, error: { code: 'SCHEMA_MISMATCH' } });
    const record = await stores.compact.get(`QUARANTINE/${BBO}date=20260203/error.json`);
    expect(new TextDecoder().decode(record.bytes)).toContain('seq');
  });
});

describe('names', () => {
  it('that are no inputs are counted, and those without a day are reported', async () => {
    const stores = await spool();
    await stores.raw.put(`${BBO}2026-02-03_10-09-00.parquet.tmp`, new Uint8Array(3));
    await stores.raw.put(`${BBO}._2026-02-03_10-09-00.parquet`, new Uint8Array(3));
    await stores.raw.put(`${BBO}notes.parquet`, new Uint8Array(3));
    const summary = await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
    expect(summary).toMatchObject({
      done: 2,
      failed: 0,
      ignoredFiles: 2,
      unplacedFiles: [`${BBO}notes.parquet`],
    });
  });
});

describe('a directory whose name cannot be a partition', () => {
  it('fails alone', async () => {
    const stores = await spool();
    await putSpool(stores.raw, 'exchange=binance/stream=bbo/symbol=BTC USDT/2026-02-03_10-00-00.parquet', []);
    const context = testContext(stores, { today: '2026-02-04' });
    expect(await compact(testRequest(), context)).toMatchObject({
      done: 2,
      failed: 1,
      lastCompactedDay: null,
    });
    expect(context.events.find((event) => event.type === 'failed')).toMatchObject({
      error: { kind: 'invalid' },
    });
  });
});
