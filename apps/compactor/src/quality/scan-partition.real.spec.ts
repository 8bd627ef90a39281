import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseUtcDay, startOfDayMs } from '@ticklake/core';
import { localStore, readOnly } from '@ticklake/storage';
import { EVERYTHING } from '../discover-partitions.js';
import { compact } from '../job.js';
import { partitionDirectory } from '../partition-key.js';
import { publishedPartitions } from '../published-partitions.js';
import { ARENA, testContext, testRequest, testSettings } from '../testing/context.js';
import { openDuckdb, sqlText, type Duckdb } from '../testing/duckdb.js';
import { scanPartition, type PartitionScan } from './scan-partition.js';
import { hasConsecutiveIds } from './trade-ids.js';

const data = process.env['TICKLAKE_DATA'];
const suite = data === undefined && process.env['CI'] === undefined ? describe.skip : describe;

const SILENCE_MS = 400;
const { signal } = new AbortController();

suite('real partitions, scanned and asked for in SQL', () => {
  let duckdb: Duckdb;
  let lake: string;

  beforeAll(async () => {
    duckdb = await openDuckdb();
    lake = mkdtempSync(join(tmpdir(), 'ticklake-real-'));
    const raw = readOnly(localStore(join(data ?? '', 'spool-derived')));
    const settings = testSettings({ memory: 2 ** 28, rowGroupRows: 100_000, pageRows: 20_000 });
    const context = testContext({ raw, compact: localStore(lake) }, { today: '2024-09-01', settings });
    const [fromDay, toDay] = [parseUtcDay('20240808'), parseUtcDay('20240809')];
    const summary = await compact(testRequest({ days: { mode: 'backfill', fromDay, toDay } }), context);
    expect(summary).toMatchObject({ done: 8, failed: 0 });
  }, 120_000);
  afterAll(() => {
    duckdb.close();
    rmSync(lake, { recursive: true });
  });

  it('come to the same', async () => {
    const store = localStore(lake);
    const tools = { compact: store, arena: ARENA, silenceMs: () => SILENCE_MS, signal };
    let isNumbered = 0;
    for await (const { key } of publishedPartitions(store, EVERYTHING, signal)) {
      const scan = (await scanPartition(key, tools)) as PartitionScan;
      const file = join(fileURLToPath(store.url), partitionDirectory(key), 'data.parquet');
      expect(scan).toMatchObject(await gapsInSql(duckdb, file, startOfDayMs(key.day)));
      expect(scan.clock).toMatchObject(await clocksInSql(duckdb, file));
      if (!hasConsecutiveIds(key)) continue;
      isNumbered++;
      expect(scan.tradeIds).toMatchObject(await idsInSql(duckdb, file));
    }
    expect(isNumbered).toBe(4);
  }, 120_000);
});

async function gapsInSql(duckdb: Duckdb, file: string, startMs: number) {
  const endMs = startMs + 86_400_000;
  const [row = []] = await duckdb.rows(`
    with points as (
      select least(greatest(ts_event, ${startMs}), ${endMs}) as t from read_parquet(${sqlText(file)})
      union all select ${startMs} union all select ${endMs}
    ), pairs as (select t - lag(t) over (order by t) as d from points)
    select count(*) filter (d > ${SILENCE_MS}), sum(d) filter (d > ${SILENCE_MS}) from pairs`);
  return { silence: { gapCount: Number(row[0]), silentMs: Number(row[1]) } };
}

async function clocksInSql(duckdb: Duckdb, file: string) {
  const [row = []] = await duckdb.rows(`
    with rows as (select ts_event, ts_recv, ts_recv - lag(ts_recv) over (order by seq) as moved,
      ts_event - lag(ts_event) over (order by seq) as lasted from read_parquet(${sqlText(file)}))
    select count(*), count(*) filter (ts_recv < ts_event), count(*) filter (abs(ts_recv - ts_event) > 300000),
      count(*) filter (moved <= -1000), count(*) filter (moved > -1000 and moved - lasted >= 10000) from rows`);
  const [rowCount, negative, far, stepsBack, stepsForward] = row.map(Number);
  return { rowCount, negative, far, stepsBack, stepsForward };
}

async function idsInSql(duckdb: Duckdb, file: string) {
  const [row = []] = await duckdb.rows(`
    with ids as (select distinct trade_id::bigint as id from read_parquet(${sqlText(file)})),
      pairs as (select id - lag(id) over (order by id) - 1 as d from ids)
    select coalesce(sum(d), 0), count(*) filter (d > 0),
      (select count(*) from read_parquet(${sqlText(file)})) - (select count(*) from ids) from pairs`);
  const [missing, breaks, repeated] = row.map(Number);
  return { missing, breaks, repeated, unreadable: 0 };
}
