import { LakeError } from '@ticklake/core';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { localStore, memoryStore } from '@ticklake/storage';
import { recordStore } from '@ticklake/storage/testing';
import { publishedState } from './partitions/open-rows.js';
import { openLake } from './reader/open-lake.js';
import { resampleCandles } from './resample-candles.js';
import { openRun } from './run-context.js';
import { suiteDirectory } from './testing/context.js';
import { rowsOf } from './testing/rows.js';
import { runApp } from './testing/run-app.js';
import { partition, processOf, storeOf, targetOf } from './testing/small-lake.js';

const directory = suiteDirectory();
const BTC = 'BINANCE:SPOT_PAIR:BTC-USDT';
const FIRST_MS = Date.UTC(2023, 4, 23);
const DAY_MS = 86_400_000;
/** Minutes of a candle. */
const BARS = { '5m': 5, '15m': 15, '1h': 60, '4h': 240, '1d': 1440 };
let number = 0;

/** A lake that candles are published in, from a folder of its own. */
function newLake() {
  const folder = join(directory, String(number++));
  const [input, lake] = [join(folder, 'klines'), join(folder, 'lake')];
  mkdirSync(input, { recursive: true });
  return {
    input,
    lake,
    /** A file with the minutes of a day that are asked for; `open` is the first minute's price. */
    put(name: string, minutes: readonly number[], { day = 0, open = 100 } = {}) {
      const lines = minutes.map((minute) => {
        const ms = FIRST_MS + day * DAY_MS + minute * 60_000;
        return [
          ms,
          open + minute,
          open + minute + 2,
          open + minute - 2,
          open + minute + 1,
          minute + 0.5,
          ms + 59_999,
          0,
          1,
          0,
          0,
          0,
        ].join();
      });
      writeFileSync(join(input, name), `${lines.join('\n')}\n`);
    },
    async partition(...more: readonly string[]) {
      const { code, out, err } = await runApp([
        ...['partition', 'ml', '--input', input, '--output', lake, '--data-type', 'ohlcv_1m'],
        ...['--instrument', BTC, '--json', ...more],
      ]);
      return { code, err, types: code === 0 || code === 3 ? (JSON.parse(out) as readonly Outcome[]) : [] };
    },
    read: (timeframe: string, date = '2023-05-23') =>
      rowsOf(openLake(lake).readMlData({ date, timeframe }), [
        'timestamp',
        'open',
        'high',
        'low',
        'close',
        'volume',
      ]),
    manifest: async (dataType: string, day = '23') =>
      (
        await publishedState(
          localStore(join(lake, 'ml_data')),
          `by_date/year-2023/month-05/day-${day}/venue-binance/instrument-binance%3ASPOT_PAIR%3ABTC-USDT/${dataType}.parquet`,
        )
      )?.manifest,
  };
}

interface Outcome {
  readonly dataType: string;
  readonly rows: number;
  readonly partitions: readonly { readonly path: string; readonly status: string }[];
  readonly failures: Readonly<Record<string, string>>;
}

const statusOf = ({ dataType, partitions }: Outcome) =>
  [dataType, ...partitions.map(({ status }) => status)].join(' ');
const minutes = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const at = (minute: number) => BigInt(FIRST_MS + minute * 60_000) * 1000n;

it('candles are of the minutes that there are, counted from midnight, and say what they lack', async () => {
  const { put, partition, read, manifest } = newLake();
  put('a.csv', [3, 4, 5, 7, 21]);
  expect((await partition('--resample', '5m,15m')).types.map(statusOf)).toEqual([
    ...['ohlcv_1m published', 'ohlcv_5m published', 'ohlcv_15m published'],
  ]);
  expect(await read('5m')).toEqual([
    [at(0), 103, 106, 101, 105, 8],
    [at(5), 105, 109, 103, 108, 13],
    [at(20), 121, 123, 119, 122, 21.5],
  ]);
  expect(await read('15m')).toEqual([
    [at(0), 103, 109, 101, 108, 21],
    [at(15), 121, 123, 119, 122, 21.5],
  ]);
  const base = await manifest('ohlcv_1m');
  expect(await manifest('ohlcv_5m')).toMatchObject({
    sources: [{ sha256: base?.parquet_sha256, rows: 3 }],
    derived_from: {
      ...{ data_type: 'ohlcv_1m', rows_in: 5, rows_out: 3, incomplete: 3 },
      ...{ label: 'left', closed: 'left', origin: '00:00Z' },
    },
  });
});

it('are left alone as long as their minutes are the same, and made again when more come', async () => {
  const { put, partition, read, manifest } = newLake();
  put('a.csv', minutes(0, 7));
  await partition('--resample', '5m,1d');
  const before = await manifest('ohlcv_5m');
  expect((await partition('--resample', '5m,1d')).types.map(statusOf)).toEqual([
    ...['ohlcv_1m unchanged', 'ohlcv_5m unchanged', 'ohlcv_1d unchanged'],
  ]);
  expect(await manifest('ohlcv_5m')).toEqual(before);
  put('b.csv', minutes(7, 10));
  expect((await partition('--resample', '5m,1d')).types.map(statusOf)).toEqual([
    ...['ohlcv_1m replaced', 'ohlcv_5m replaced', 'ohlcv_1d replaced'],
  ]);
  expect(await read('5m')).toEqual([
    [at(0), 100, 106, 98, 105, 12.5],
    [at(5), 105, 111, 103, 110, 37.5],
  ]);
  expect((await manifest('ohlcv_5m'))?.derived_from).toMatchObject({
    rows_in: 10,
    rows_out: 2,
    incomplete: 0,
  });
});

it('a day of minutes is read once for all timeframes', async () => {
  const minutes = Array.from({ length: 1440 }, (_, i) => `${FIRST_MS + i * 60_000},1,3,1,2,10`);
  const klines = ['timestamp,open,high,low,close,volume', ...minutes, ''].join('\n');
  const options = { tier: 'ml', dataType: 'ohlcv_1m', instrument: BTC, scratch: directory } as const;
  const opensFor = async (...timeframes: readonly string[]) => {
    const { store, operations } = recordStore(memoryStore());
    const done = await partition(await storeOf({ 'a.csv': klines }), store, options);
    const opens = () =>
      operations.filter(({ name, key }) => name === 'open' && key.endsWith('/ohlcv_1m.parquet')).length;
    const before = opens();
    const run = await openRun(store, targetOf(options), processOf());
    const made = await resampleCandles(done, timeframes, run);
    expect(made.map(({ rows, failed }) => [rows, failed])).toEqual(
      timeframes.map((timeframe) => [1440 / BARS[timeframe as '5m'], 0]),
    );
    return opens() - before;
  };
  expect(await opensFor('5m', '15m', '1h', '4h', '1d')).toBe(await opensFor('5m'));
});

it('a day whose minutes could not be read for one timeframe is read again for the next', async () => {
  const klines = `timestamp,open,high,low,close,volume\n${FIRST_MS},1,3,1,2,10\n`;
  const options = { tier: 'ml', dataType: 'ohlcv_1m', instrument: BTC, scratch: directory } as const;
  const { store } = recordStore(memoryStore());
  const done = await partition(await storeOf({ 'a.csv': klines }), store, options);
  let isDown = true;
  const open: typeof store.open = (key) => {
    if (!isDown || !key.endsWith('/ohlcv_1m.parquet')) return store.open(key);
    isDown = false;
    return Promise.reject(new LakeError('unavailable', 'no answer'));
  };
  const run = await openRun({ ...store, open }, targetOf(options), processOf());
  const made = await resampleCandles(done, ['5m', '1h'], run);
  expect(made.map(({ rows, failed }) => [rows, failed])).toEqual([
    [0, 1],
    [1, 0],
  ]);
});

it('a timeframe that is named twice is made once', async () => {
  const { put, partition } = newLake();
  put('a.csv', minutes(0, 7));
  expect((await partition('--resample', '5m,5m')).types.map(statusOf)).toEqual([
    ...['ohlcv_1m published', 'ohlcv_5m published'],
  ]);
});

it('a minute that two sources have fails its day alone, for it would count twice', async () => {
  const { put, partition, read, lake } = newLake();
  put('a.csv', minutes(0, 5));
  put('b.csv', minutes(4, 6));
  put('c.csv', minutes(0, 5), { day: 1 });
  const { code, types } = await partition('--resample', '5m');
  expect(code).toBe(3);
  expect(types.map(statusOf)).toEqual(['ohlcv_1m published published', 'ohlcv_5m published']);
  expect(Object.keys(types[1]?.failures ?? {})).toEqual([expect.stringContaining('day-23/')]);
  expect(await read('5m')).toEqual([]);
  expect(await read('5m', '2023-05-24')).toHaveLength(1);
  expect((await runApp(['verify', 'ml', '--lake', lake])).code).toBe(0);
});

it('candles that came from a source are not replaced by those that would be made', async () => {
  const { put, partition, read, input, lake } = newLake();
  put('hour.csv', [0], { open: 7 });
  const given = ['--input', input, '--output', lake, '--data-type', 'ohlcv_1h', '--instrument', BTC];
  expect((await runApp(['partition', 'ml', ...given])).code).toBe(0);
  put('minutes.csv', minutes(0, 60));
  const { code, types } = await partition('--files', 'minutes.csv', '--resample', '5m,1h');
  expect(code).toBe(3);
  expect(types.map(statusOf)).toEqual(['ohlcv_1m published', 'ohlcv_5m published', 'ohlcv_1h']);
  expect(Object.values(types[2]?.failures ?? {})).toEqual([expect.stringContaining('not replaced')]);
  expect(await read('1h')).toEqual([[at(0), 7, 9, 5, 8, 0.5]]);
});

it.each([
  ['a timeframe that no candles of the lake have', ['--resample', '7m'], 2],
  ['one that is not longer', ['--resample', '1m'], 2],
  ['one that the lake does not know', ['--resample', '30m'], 2],
])('refuses %s before anything is read', async (_, flags, expected) => {
  const { put, partition, lake } = newLake();
  put('a.csv', [0]);
  expect((await partition(...flags)).code).toBe(expected);
  expect((await runApp(['read', 'ml', '--lake', lake, '--date', '2023-05-23'])).code).toBe(10);
});

it('coverage names the days that are missing, of each data type, and not those that nothing publishes', async () => {
  const { put, partition, lake } = newLake();
  for (const day of [0, 1, 4]) put(`${day}.csv`, minutes(0, 5), { day });
  await partition();
  put('1.csv', minutes(0, 5), { day: 1 });
  await partition('--files', '1.csv', '--resample', '5m');
  const coverage = (...more: readonly string[]) => runApp(['coverage', 'ml', '--lake', lake, ...more]);
  const all = [
    `${BTC} ohlcv_1m: 2023-05-23 to 2023-05-27, 3 days, 2 missing: 2023-05-25, 2023-05-26`,
    `${BTC} ohlcv_5m: 2023-05-24 to 2023-05-24, 1 days`,
  ];
  expect(await coverage()).toMatchObject({ code: 0, out: `${all.join('\n')}\n` });
  expect(await coverage('--gaps')).toMatchObject({ code: 0, out: `${all[0]}\n` });
  expect(JSON.parse((await coverage('--gaps', '--json')).out)).toEqual([
    {
      ...{ instrument: BTC, dataType: 'ohlcv_1m', first: '2023-05-23', last: '2023-05-27', days: 3 },
      missing: ['2023-05-25', '2023-05-26'],
    },
  ]);
  const store = localStore(join(lake, 'ml_data'));
  for await (const { key } of store.list('by_date/'))
    if (key.includes('day-27/') && key.endsWith('.json')) await store.delete(key);
  expect((await coverage()).out.split('\n')[0]).toBe(`${BTC} ohlcv_1m: 2023-05-23 to 2023-05-24, 2 days`);
});
