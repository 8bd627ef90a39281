import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordBatch } from '@ticklake/columnar';
import { architectureDataset } from '@ticklake/market';
import { layoutNames, layoutOf } from '@ticklake/partition';
import { openLake } from './reader/open-lake.js';
import type { MlRead } from './reader/read-request.js';
import { suiteDirectory } from './testing/context.js';
import { sqlText, suiteDuckdb } from './testing/duckdb.js';
import { sumOf, type RowSum } from './testing/multiset.js';
import { runApp } from './testing/run-app.js';

const data = process.env['TICKLAKE_DATA'] ?? '';
const suite = data === '' && process.env['CI'] === undefined ? describe.skip : describe;

const directory = suiteDirectory();
const duckdb = suiteDuckdb();
const klines = join(data, 'binance/klines');
const { schema } = architectureDataset('ohlcv_1m');
const MINUTES = { '1m': 1, '5m': 5, '15m': 15, '1h': 60, '4h': 240, '1d': 1440 } as const;
type Timeframe = keyof typeof MINUTES;
const TIMEFRAMES = Object.keys(MINUTES) as Timeframe[];

/** Candles of a minute of one instrument: rows by day. An outage, a listing, a leap day and a day of ten minutes are among them. */
const INSTRUMENTS: readonly (readonly [
  symbol: string,
  id: string,
  days: Readonly<Record<string, number>>,
])[] = [
  [
    'BTCUSDT',
    'BINANCE:SPOT_PAIR:BTC-USDT',
    {
      ...{ '2022-11-08': 1440, '2022-11-09': 1440, '2023-03-24': 1360, '2023-12-31': 1440 },
      ...{ '2024-01-01': 1440, '2024-02-28': 1440, '2024-02-29': 1440, '2024-03-01': 1440 },
    },
  ],
  ['ETHUSDT', 'BINANCE:SPOT_PAIR:ETH-USDT', { '2023-12-31': 1440, '2024-01-01': 1440 }],
  ['ARBUSDT', 'BINANCE:SPOT_PAIR:ARB-USDT', { '2023-03-23': 540 }],
  ['ADABTC', 'BINANCE:SPOT_PAIR:ADA-BTC', { '2021-11-27': 10 }],
];

/** What DuckDB makes of one file in one timeframe. */
interface Expected {
  readonly id: string;
  readonly day: string;
  readonly timeframe: Timeframe;
  readonly batch: RecordBatch;
}

/** How DuckDB reads twelve columns without a header: times as they are, numbers as doubles. */
function csvRows(file: string): string {
  const doubles = ['open', 'high', 'low', 'close', 'volume'].map((name) => `'${name}': 'DOUBLE'`);
  const rest = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `'${name}': 'VARCHAR'`);
  const columns = `{'t': 'BIGINT', ${[...doubles, ...rest].join(', ')}}`;
  return `SELECT t * 1000 AS timestamp, open, high, low, close, volume FROM read_csv(${sqlText(file)}, header = false, columns = ${columns})`;
}

/** Candles of so many minutes; sums of doubles depend on their order, which a list keeps. */
function longer(rows: string, minutes: number): string {
  const us = minutes * 60_000_000;
  return `SELECT timestamp // ${us} * ${us} AS opens, arg_min(open, timestamp), max(high), min(low), arg_max(close, timestamp),
    list_reduce(list(volume ORDER BY timestamp), lambda a, b: a + b) FROM (${rows}) GROUP BY opens ORDER BY opens`;
}

async function expectedOf(days: (day: string) => boolean): Promise<readonly Expected[]> {
  const all: Expected[] = [];
  for (const [symbol, id, rows] of INSTRUMENTS) {
    for (const day of Object.keys(rows).filter(days)) {
      const csv = csvRows(join(klines, `${symbol}-1m-${day}.csv`));
      for (const timeframe of TIMEFRAMES) {
        const minutes = MINUTES[timeframe];
        const batch = await duckdb.batch(schema, minutes === 1 ? csv : longer(csv, minutes));
        all.push({ id, day, timeframe, batch });
      }
    }
  }
  return all;
}

/** Publishes days of all instruments, each in a run of its own, and their longer candles. */
async function publish(lake: string, days: (day: string) => boolean, more: readonly string[]): Promise<void> {
  for (const [symbol, id, rows] of INSTRUMENTS) {
    const files = Object.keys(rows)
      .filter(days)
      .map((day) => `${symbol}-1m-${day}.csv`);
    if (files.length === 0) continue;
    const { code } = await runApp([
      ...['partition', 'ml', '--input', klines, '--output', lake, '--files', files.join()],
      ...['--data-type', 'ohlcv_1m', '--instrument', id, '--resample', '5m,15m,1h,4h,1d', ...more],
    ]);
    expect(code).toBe(0);
  }
}

/** What a read of candles gives, as far as sources have it. */
const read = (lake: string, given: MlRead): Promise<RowSum> =>
  sumOf(openLake(lake).readMlData({ ...given, columns: schema.fields.map(({ name }) => name) }), schema);

/** Every route: what it asks for, and which candles it is to find. */
function* routes(expected: readonly Expected[]): Generator<readonly [MlRead, (one: Expected) => boolean]> {
  const days = [...new Set(expected.map(({ day }) => day))];
  for (const date of days) {
    const onDay = ({ day }: Expected) => day === date;
    for (const given of [{ date }, { date, venue: 'binance' }]) {
      yield [given, onDay];
      for (const timeframe of TIMEFRAMES) {
        const own = (one: Expected) => onDay(one) && one.timeframe === timeframe;
        yield [{ ...given, timeframe }, own];
        yield [{ ...given, dataType: `ohlcv_${timeframe}` }, own];
      }
    }
  }
  for (const instrumentId of new Set(expected.map(({ id }) => id))) {
    const ofIt = ({ id }: Expected) => id === instrumentId;
    yield [{ instrumentId }, ofIt];
    yield [{ instrumentId, dataType: 'ohlcv_1h' }, (one) => ofIt(one) && one.timeframe === '1h'];
    for (const date of days) {
      const own = (one: Expected) => ofIt(one) && one.day === date;
      yield [{ date, instrumentId }, own];
      yield [{ date, venue: 'BINANCE', instrumentId }, own];
      yield [
        { date, venue: 'BINANCE', instrumentId, dataType: 'ohlcv_1m' },
        (one) => own(one) && one.timeframe === '1m',
      ];
      yield [{ date, instrumentId, timeframe: '1d' }, (one) => own(one) && one.timeframe === '1d'];
    }
  }
}

async function expectRoutes(lake: string, expected: readonly Expected[]): Promise<void> {
  for (const [given, isWanted] of routes(expected)) {
    const batches = expected.filter(isWanted).map(({ batch }) => batch);
    expect([given, await read(lake, given)]).toEqual([given, await sumOf(batches, schema)]);
  }
}

suite('real candles, every day there is', () => {
  const lake = join(directory, 'whole');
  const isEvery = () => true;
  let expected: readonly Expected[];

  beforeAll(async () => {
    expected = await expectedOf(isEvery);
    await publish(lake, isEvery, ['--copies', 'all']);
  }, 120_000);

  it('has exactly the days of the files, with their rows', async () => {
    const { code, out } = await runApp(['verify', 'ml', '--lake', lake]);
    const rows = expected.reduce((sum, { batch }) => sum + batch.rowCount, 0);
    expect([code, out]).toEqual([0, `72 partitions, ${rows} rows, 0 not as they should be\n`]);
    for (const [, id, days] of INSTRUMENTS) {
      const counted = await Promise.all(
        Object.keys(days).map(async (date) => {
          const { rows: count } = await read(lake, { date, instrumentId: id, timeframe: '1m' });
          return [date, count] as const;
        }),
      );
      expect(Object.fromEntries(counted)).toEqual(days);
    }
  });

  it('says which days there are, and which are missing', async () => {
    const { out } = await runApp(['coverage', 'ml', '--lake', lake]);
    expect(out.split('\n').filter((line) => line.includes('ohlcv_1h'))).toEqual([
      'BINANCE:SPOT_PAIR:ADA-BTC ohlcv_1h: 2021-11-27 to 2021-11-27, 1 days',
      'BINANCE:SPOT_PAIR:ARB-USDT ohlcv_1h: 2023-03-23 to 2023-03-23, 1 days',
      'BINANCE:SPOT_PAIR:BTC-USDT ohlcv_1h: 2022-11-08 to 2024-03-01, 8 days, 472 missing: 2022-11-10, 2022-11-11, 2022-11-12, 2022-11-13, 2022-11-14 and 467 more',
      'BINANCE:SPOT_PAIR:ETH-USDT ohlcv_1h: 2023-12-31 to 2024-01-01, 2 days',
    ]);
  });

  it('every route gives the candles that DuckDB makes of the files', async () => {
    await expectRoutes(lake, expected);
  }, 120_000);

  it.each(TIMEFRAMES)('DuckDB finds its own candles of %s in every view', async (timeframe) => {
    const ours = expected.filter((one) => one.timeframe === timeframe).map(({ batch }) => batch);
    for (const { view } of layoutOf('dash-code').market('ml')) {
      const files = sqlText(`${lake}/ml_data/${view}/**/*ohlcv_${timeframe}.parquet`);
      const rows = `SELECT epoch_us(timestamp), open, high, low, close, volume FROM read_parquet(${files})`;
      expect(await sumOf([await duckdb.batch(schema, rows)], schema)).toEqual(await sumOf(ours, schema));
    }
  });

  it('files in microseconds have the same candles', async () => {
    const [folder, micro] = [join(directory, 'micro-klines'), join(directory, 'micro')];
    mkdirSync(folder);
    for (const name of ['BTCUSDT-1m-2023-03-24.csv', 'BTCUSDT-1m-2024-02-29.csv']) {
      const lines = readFileSync(join(klines, name), 'utf8').trimEnd().split('\n');
      const scaled = lines.map((line) => line.replace(/^(\d+),((?:[^,]*,){5})(\d+),/, '$1000,$2$3999,'));
      expect(scaled[0]).not.toBe(lines[0]);
      writeFileSync(join(folder, name), scaled.join('\n'));
    }
    const { code } = await runApp([
      ...['partition', 'ml', '--input', folder, '--output', micro, '--data-type', 'ohlcv_1m'],
      ...['--instrument', 'binance:spot:btc-usdt', '--resample', '1h'],
    ]);
    expect(code).toBe(0);
    for (const date of ['2023-03-24', '2024-02-29'])
      for (const timeframe of ['1m', '1h']) {
        const given = { date, timeframe, instrumentId: 'BINANCE:SPOT_PAIR:BTC-USDT' };
        expect(await read(micro, given)).toEqual(await read(lake, given));
      }
  });
});

const LAKES = layoutNames.flatMap((layout) =>
  (['all', 'primary'] as const).map((copies) => ({ layout, copies, lake: join(directory, layout, copies) })),
);

suite.each(LAKES)('real candles in $layout, copies $copies', ({ layout, copies, lake }) => {
  it('every route gives the candles that DuckDB makes of the files', async () => {
    const isSome = (day: string) => ['2023-03-23', '2023-03-24', '2021-11-27'].includes(day);
    await publish(lake, isSome, ['--layout', layout, '--copies', copies]);
    const { out } = await runApp(['verify', 'ml', '--lake', lake]);
    expect(out).toMatch(/^18 partitions, \d+ rows, 0 not as they should be\n$/);
    await expectRoutes(lake, await expectedOf(isSome));
  }, 120_000);
});
