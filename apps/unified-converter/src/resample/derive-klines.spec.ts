import { join } from 'node:path';
import { localStore } from '@ticklake/storage';
import { METADATA_NAME } from '../documents/metadata.js';
import { suiteDirectory, testLake, type TestLake } from '../testing/context.js';
import {
  bars,
  derive,
  entryOf,
  FIRST,
  FRAMES,
  json,
  manifestOf,
  pathOf,
  put,
  SECOND,
  THIRD,
} from '../testing/derived-bars.js';
import { duckdbRows } from '../testing/duckdb.js';
import { binanceKlines, dayMs } from '../testing/rows.js';

const directory = suiteDirectory();
let number = 0;

const MINUTES: Readonly<Record<string, number>> = { '5m': 5, '15m': 15, '1h': 60, '4h': 240, '1d': 1440 };

/** A lake on a local disk, so that DuckDB can look at it. */
function localLake(): TestLake & { readonly root: string } {
  const root = join(directory, String(number++));
  return { ...testLake(directory, { output: localStore(join(root, 'unified')) }), root };
}

/** Every bar of every longer timeframe, once as published and once as DuckDB makes it of the shorter ones. */
async function compare(root: string, frames: readonly string[]): Promise<number> {
  let total = 0;
  for (const frame of frames) {
    const stepMs = (MINUTES[frame] as number) * 60_000;
    const columns = 'timestamp, open, high, low, close, volume';
    const published = `SELECT ${columns} FROM read_parquet('${root}/unified/klines/binance_BTCUSDT_${frame}/**/*.parquet')`;
    // Sums of doubles depend on their order, which a list keeps.
    const expected = `SELECT timestamp // ${stepMs} * ${stepMs}, arg_min(open, timestamp), max(high), min(low), arg_max(close, timestamp),
        list_reduce(list(volume ORDER BY timestamp), lambda a, b: a + b)
      FROM read_parquet('${root}/unified/klines/binance_BTCUSDT_1m/**/*.parquet') GROUP BY 1`;
    const [counts] = await duckdbRows(`WITH published AS (${published}), expected AS (${expected})
      SELECT (SELECT count(*) FROM (FROM expected EXCEPT ALL FROM published)),
        (SELECT count(*) FROM (FROM published EXCEPT ALL FROM expected)), (SELECT count(*) FROM published)`);
    expect([frame, ...(counts ?? []).slice(0, 2)]).toEqual([frame, '0', '0']);
    total += Number(counts?.[2]);
  }
  return total;
}

describe('bars of longer timeframes', () => {
  it('are what DuckDB makes of the published bars, with some and with all of them missing', async () => {
    const lake = localLake();
    await put(lake, FIRST);
    // Every bar of an hour, one here and there, and the end of the day.
    await put(
      lake,
      SECOND,
      bars(SECOND, (minute) => (minute >= 120 && minute < 180) || minute % 97 === 3 || minute >= 1401),
    );
    await put(
      lake,
      THIRD,
      bars(THIRD, (minute) => minute !== 719),
    );
    const summary = await derive(lake, [FIRST, SECOND, THIRD]);
    expect(summary).toMatchObject({ failed: 0 });
    expect(summary.derived.map(({ timeframe, done }) => [timeframe, done])).toEqual(
      FRAMES.map((frame) => [frame, 3]),
    );
    const all = await compare(lake.root, FRAMES);
    expect(all).toBe(288 + 96 + 24 + 6 + 1 + (288 - 12 - 7) + (96 - 4 - 2) + 23 + 6 + 1 + 5);
  });

  it('stand in the layout and the columns of bars, each of them in the partition of its day', async () => {
    const lake = localLake();
    for (const day of [FIRST, SECOND]) await put(lake, day);
    await derive(lake, [FIRST, SECOND], { storePartitionColumns: true });
    const days = await duckdbRows(
      `SELECT DISTINCT exchange, symbol, timeframe, year, month, day FROM read_parquet('${lake.root}/unified/klines/binance_BTCUSDT_4h/**/*.parquet', hive_partitioning = false)
        WHERE make_timestamp(timestamp * 1000)::DATE = make_date(year, month, day) ORDER BY day`,
    );
    expect(days.map((row) => row.join(' '))).toEqual([
      'binance BTCUSDT 4h 2024 1 1',
      'binance BTCUSDT 4h 2024 1 2',
    ]);
    const opens = await duckdbRows(
      `SELECT hour(make_timestamp(timestamp * 1000)) FROM read_parquet('${lake.root}/unified/klines/binance_BTCUSDT_4h/**/*.parquet') ORDER BY timestamp`,
    );
    expect(opens.flat().map(Number)).toEqual([0, 4, 8, 12, 16, 20, 0, 4, 8, 12, 16, 20]);
  });

  it('say what they were made of, in manifest, metadata and footer', async () => {
    const lake = localLake();
    await put(
      lake,
      FIRST,
      bars(FIRST, (minute) => minute === 7 || minute >= 1380),
    );
    await derive(lake, [FIRST], { resample: ['1h'] });
    const source = await manifestOf(lake, '1m', 1);
    const manifest = await manifestOf(lake, '1h', 1);
    expect(source.derived_from).toBeUndefined();
    const rule = {
      ...{ dataset: 'klines/binance_BTCUSDT_1m', timeframe: '1m' },
      ...{ label: 'left', closed: 'left', origin: '00:00Z' },
    };
    const counts = { rows_in: 1379, bars_out: 23, incomplete_bars: 1 };
    const made = { ...rule, ...counts, path: pathOf('1m', 1), sha256: source.parquet_sha256 };
    expect(manifest).toMatchObject({
      derived_from: made,
      row_count: 23,
      sources: [{ name: `${pathOf('1m', 1)}data.parquet`, sha256: source.parquet_sha256, rows: 23 }],
    });
    const entry = await entryOf(lake, '1h');
    expect(entry).toMatchObject({ source_kind: 'derived', sources: [], rows: 23, partial: false });
    expect(entry?.derived_from).toEqual({ ...rule, ...counts, not_made: [] });
    expect(entry?.partitions[0]?.derived_from).toEqual(made);
    const [footer] = await duckdbRows(
      `SELECT decode(value) FROM parquet_kv_metadata('${lake.root}/unified/klines/binance_BTCUSDT_1h/**/*.parquet') WHERE key = 'ticklake.derived_from'`,
    );
    expect(JSON.parse(String(footer?.[0]))).toEqual(made);
    // Nobody is told to collect what is made of something else.
    expect(
      Object.keys(((await json(lake.output, '_config.json')) as { collections: object }).collections),
    ).toEqual(['binance_BTCUSDT_1m']);
  });

  it.each(['1w', '7m', '50m', '1m', '30s', '2d', '1x'])(
    '%s cannot be made of 1m: nothing is published',
    async (to) => {
      const lake = testLake(directory);
      await put(lake, FIRST);
      await expect(derive(lake, [FIRST], { resample: [to] })).rejects.toMatchObject({
        kind: 'invalid',
        code: 'TIMEFRAME',
      });
      expect((await lake.published()).size).toBe(0);
    },
  );
});

describe('deriving again', () => {
  it('makes nothing where nothing has changed, and the changed day only where one has', async () => {
    const lake = testLake(directory);
    for (const day of [FIRST, SECOND]) await put(lake, day);
    await derive(lake, [FIRST, SECOND]);
    const [first, document] = [await lake.published(), await lake.output.head(METADATA_NAME)];
    expect((await derive(lake, [FIRST, SECOND])).derived.map(({ done }) => done)).toEqual([0, 0, 0, 0, 0]);
    expect(await lake.published()).toEqual(first);
    expect(await lake.output.head(METADATA_NAME)).toEqual(document);

    await put(
      lake,
      SECOND,
      bars(SECOND, (minute) => minute > 1000),
    );
    const { derived } = await derive(lake, [FIRST, SECOND]);
    expect(derived.map(({ done }) => done)).toEqual([1, 1, 1, 1, 1]);
    const changed = [...(await lake.published())].filter(([key, etag]) => first.get(key) !== etag);
    expect(changed.map(([key]) => key).sort()).toEqual(
      ['1m', ...FRAMES].map((frame) => `${pathOf(frame, 2)}data.parquet`).sort(),
    );
    expect(derived[0]?.backup).toBeDefined();
    expect(await lake.backups.head(`${derived[0]?.backup}${pathOf('4h', 2)}data.parquet`)).toBeDefined();

    const last = await lake.published();
    const forced = await derive(lake, [FIRST, SECOND], { forceRerun: true });
    expect(forced.derived.map(({ done, failures }) => [done, failures.size])).toEqual(
      FRAMES.map(() => [0, 0]),
    );
    expect(await lake.published()).toEqual(last);
  });

  it('gives the same bytes whatever was published before', async () => {
    const [one, other] = [testLake(directory), testLake(directory)];
    await put(
      one,
      FIRST,
      bars(FIRST, (minute) => minute < 100),
    );
    await derive(one, [FIRST]);
    for (const lake of [one, other]) {
      await put(lake, FIRST);
      await derive(lake, [FIRST]);
    }
    for (const frame of FRAMES) {
      const [a, b] = [await manifestOf(one, frame, 1), await manifestOf(other, frame, 1)];
      expect([frame, a.generation, a.parquet_sha256]).toEqual([frame, 2, b.parquet_sha256]);
    }
  });

  it('happens without being asked, so that what is derived never says something else than its source', async () => {
    const lake = testLake(directory);
    await put(lake, FIRST);
    await derive(lake, [FIRST], { resample: ['1h'] });
    await put(
      lake,
      FIRST,
      bars(FIRST, (minute) => minute < 60),
    );
    const { derived } = await derive(lake, [FIRST], { resample: [] });
    expect(derived.map(({ timeframe, done }) => [timeframe, done])).toEqual([['1h', 1]]);
    expect((await entryOf(lake, '1h'))?.rows).toBe(23);
  });

  it('makes a partition again that is damaged or gone', async () => {
    const lake = testLake(directory);
    await put(lake, FIRST);
    await derive(lake, [FIRST]);
    const before = await manifestOf(lake, '15m', 1);
    await lake.output.delete(`${pathOf('15m', 1)}data.parquet`);
    expect((await derive(lake, [FIRST])).derived.map(({ done }) => done)).toEqual([0, 1, 0, 0, 0]);
    expect((await manifestOf(lake, '15m', 1)).parquet_sha256).toBe(before.parquet_sha256);
  });

  it('is partial while its source is, and whole when that is', async () => {
    const lake = testLake(directory);
    for (const day of [FIRST, SECOND]) await put(lake, day);
    await derive(lake, [FIRST, SECOND], { maxFiles: 1 });
    expect(await entryOf(lake, '5m')).toMatchObject({ partial: true, rows: 288 });
    await derive(lake, [FIRST, SECOND]);
    expect(await entryOf(lake, '5m')).toMatchObject({ partial: false, rows: 576 });
  });
});

describe('a day that bars cannot be made of', () => {
  it.each([
    ['two bars of one time', 'UNSORTED', `${dayMs(SECOND)},1,1,1,1,1\n${dayMs(SECOND)},1,1,1,1,1\n`],
    ['a bar between two minutes', 'GRID', `${dayMs(SECOND) + 30_000},1,1,1,1,1\n`],
  ])('%s: it fails, the others are made, and the metadata says which', async (_, code, rows) => {
    const lake = testLake(directory);
    await put(lake, FIRST);
    await put(lake, SECOND, `timestamp,open,high,low,close,volume\n${rows}`);
    const summary = await derive(lake, [FIRST, SECOND], { resample: ['5m', '1d'] });
    expect(summary.failed).toBe(2);
    for (const { path, failures, entry, done } of summary.derived) {
      expect([...failures]).toEqual([
        [expect.stringContaining(`${path}/`), expect.objectContaining({ kind: 'corrupt', code })],
      ]);
      expect(done).toBe(1);
      expect(entry?.derived_from?.not_made).toEqual([{ path: pathOf('1m', 2), code }]);
    }
    // The bars themselves are published as they are.
    expect(await entryOf(lake, '1m')).toMatchObject({ partitions: { length: 2 } });
    await put(lake, SECOND);
    expect((await derive(lake, [FIRST, SECOND])).failed).toBe(0);
    expect((await entryOf(lake, '5m'))?.derived_from?.not_made).toEqual([]);
  });

  it('keeps what was derived of it before, which says of what', async () => {
    const lake = testLake(directory);
    for (const day of [FIRST, SECOND]) await put(lake, day);
    await derive(lake, [FIRST, SECOND], { resample: ['4h'] });
    const before = await manifestOf(lake, '4h', 2);
    const row = `${dayMs(SECOND)},1,1,1,1,1\n`;
    await put(lake, SECOND, `timestamp,open,high,low,close,volume\n${row}${row}`);
    const { failed, validation } = await derive(lake, [FIRST, SECOND]);
    expect(failed).toBe(FRAMES.length);
    expect(await manifestOf(lake, '4h', 2)).toEqual(before);
    const entry = await entryOf(lake, '4h');
    expect(entry?.rows).toBe(12);
    expect(entry?.partitions[1]?.derived_from?.sha256).toBe(before.derived_from?.sha256);
    expect(entry?.derived_from?.not_made).toEqual([{ path: pathOf('1m', 2), code: 'UNSORTED' }]);
    expect(validation?.datasets['klines/binance_BTCUSDT_5m']?.rows).toBe(288);
  });

  it('is one whose data is not what its manifest proves', async () => {
    const lake = testLake(directory);
    await put(lake, FIRST);
    await derive(lake, [FIRST], { resample: [] });
    const key = `${pathOf('1m', 1)}_manifest.json`;
    const manifest = await manifestOf(lake, '1m', 1);
    const content = { ...manifest.content, multiset: 'f'.repeat(manifest.content.multiset.length) };
    await lake.output.put(key, Buffer.from(JSON.stringify({ ...manifest, content })));
    const { derived } = await derive(lake, [FIRST], { resample: ['1h'] });
    expect([...(derived[0]?.failures.values() ?? [])]).toEqual([
      expect.objectContaining({ kind: 'corrupt', code: 'RECEIPT' }),
    ]);
    expect(await lake.output.head(`${pathOf('1h', 1)}data.parquet`)).toBeUndefined();
  });
});

it('bars of other timeframes than a minute are a source as well', async () => {
  const lake = localLake();
  await lake.put('BTCUSDT-1m-2024-01-01.csv', binanceKlines(FIRST, { bars: 3 }));
  await lake.put(
    'klines_binance_BTCUSDT_4h_consolidated.csv',
    bars(FIRST, (minute) => minute % 240 !== 0),
  );
  const { derived } = await lake.convert({ timeframe: '4h', resample: ['12h', '1d', '1d'] });
  expect(derived.map(({ path, entry }) => [path, entry?.rows])).toEqual([
    ['klines/binance_BTCUSDT_12h', 2],
    ['klines/binance_BTCUSDT_1d', 1],
  ]);
});
