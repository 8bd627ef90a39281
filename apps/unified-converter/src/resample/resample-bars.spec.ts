import { join } from 'node:path';
import { localStore } from '@ticklake/storage';
import type { RecordBatch } from '@ticklake/columnar';
import { readPartitionedDataset } from '../reader/read-partitioned-dataset.js';
import { ARENA, suiteDirectory, testLake } from '../testing/context.js';
import { duckdbRows } from '../testing/duckdb.js';
import { binanceKlines, dayMs } from '../testing/rows.js';
import { resampleBars, type ResampledBar } from './resample-bars.js';

const directory = suiteDirectory();
const FRAMES = ['5m', '15m', '1h', '4h', '1d'];

async function* batchesOf(bars: readonly (readonly number[])[], cut = 3): AsyncGenerator<RecordBatch> {
  const names = ['timestamp', 'open', 'high', 'low', 'close', 'volume'];
  const float64 = { kind: 'float', bits: 64 } as const;
  const int64 = { kind: 'int', bits: 64, signed: true } as const;
  const fields = names.map((name, i) => ({ name, type: i === 0 ? int64 : float64, nullable: false }));
  for (let start = 0; start < bars.length; start += cut) {
    const rows = bars.slice(start, start + cut);
    const columns = names.map((_, i) => ({
      layout: 'fixed' as const,
      values:
        i === 0
          ? BigInt64Array.from(rows, ([time]) => BigInt(time as number))
          : Float64Array.from(rows, (row) => row[i] as number),
    }));
    yield { schema: { fields }, rowCount: rows.length, columns };
  }
}

async function resampled(
  bars: readonly (readonly number[])[],
  to = ['5m'],
  from = '1m',
): Promise<ResampledBar[]> {
  const made: ResampledBar[] = [];
  for await (const bar of resampleBars(batchesOf(bars), { from, to })) made.push(bar);
  return made;
}

const MS = dayMs('2024-01-01');
const bar = (minute: number, [open, high, low, close, volume]: readonly number[] = [2, 3, 1, 2, 1]) =>
  [MS + minute * 60_000, open, high, low, close, volume] as number[];

it('takes the first open, the last close, the extremes, and the sum', async () => {
  const bars = [
    bar(0, [5, 6, 4, 5, 1]),
    bar(1, [5, 9, 5, 8, 2]),
    bar(2, [8, 8, 1, 2, 4]),
    bar(3),
    bar(4, [2, 3, 1, 7, 0.5]),
  ];
  expect(await resampled(bars)).toEqual([
    {
      timeframe: '5m',
      timestamp: MS,
      open: 5,
      high: 9,
      low: 1,
      close: 7,
      volume: 8.5,
      bars: 5,
      isComplete: true,
    },
  ]);
});

it('makes bars of what is there, says where some are missing, and none where all are', async () => {
  const made = await resampled([bar(1), bar(2), bar(14), bar(15)]);
  expect(
    made.map(({ timestamp, bars, isComplete }) => [(timestamp - MS) / 60_000, bars, isComplete]),
  ).toEqual([
    [0, 2, false],
    [10, 1, false],
    [15, 1, false],
  ]);
});

it('ends a bar before the one that opens on its end, in the order of ends', async () => {
  const made = await resampled(
    Array.from({ length: 61 }, (_, minute) => bar(minute)),
    ['1h', '15m'],
  );
  expect(made.map(({ timeframe, bars }) => `${timeframe} ${bars}`)).toEqual([
    '15m 15',
    '15m 15',
    '15m 15',
    '1h 60',
    '15m 15',
    '15m 1',
    '1h 1',
  ]);
});

it.each([
  ['7m', '1m'],
  ['5m', '3m'],
  ['1w', '1d'],
  ['1m', '5m'],
  ['1m', '1m'],
  ['5x', '1m'],
])('cannot make %s of %s', async (to, from) => {
  await expect(resampled([], [to], from)).rejects.toMatchObject({ kind: 'invalid', code: 'TIMEFRAME' });
});

it.each([
  ['twice at one time', [bar(1), bar(1)], 'UNSORTED'],
  ['that goes back', [bar(2), bar(1)], 'UNSORTED'],
  ['between two minutes', [bar(0.5)], 'GRID'],
])('refuses a bar %s', async (_, bars, code) => {
  await expect(resampled(bars)).rejects.toMatchObject({ kind: 'invalid', code });
});

it('gives what DuckDB gives, for all timeframes in one pass, with a day cut short and one missing', async () => {
  const root = join(directory, 'lake');
  const lake = testLake(directory, { output: localStore(join(root, 'unified')) });
  await lake.put('BTCUSDT-1m-2024-02-28.csv', binanceKlines('2024-02-28'));
  await lake.put('BTCUSDT-1m-2024-02-29.csv', binanceKlines('2024-02-29', { bars: 777 }));
  await lake.put('BTCUSDT-1m-2024-03-02.csv', binanceKlines('2024-03-02').split('\n').slice(540).join('\n'));
  await lake.convert();
  const made: string[] = [];
  const bars = readPartitionedDataset(join(root, 'unified/klines/binance_BTCUSDT_1m'), { arena: ARENA });
  for await (const one of resampleBars(bars, { from: '1m', to: FRAMES })) {
    made.push(
      [one.timeframe, one.timestamp, one.open, one.high, one.low, one.close, one.volume, one.bars].join(),
    );
  }
  const sql = ['5', '15', '60', '240', '1440'].map(
    (minutes, i) => `
      SELECT '${FRAMES[i]}', timestamp // (${minutes} * 60000) * (${minutes} * 60000) AS t, first(open ORDER BY timestamp), max(high),
        min(low), last(close ORDER BY timestamp), sum(volume), count(*)
      FROM read_parquet('${root}/unified/klines/**/*.parquet') GROUP BY t`,
  );
  const expected = (await duckdbRows(sql.join(' UNION ALL '))).map((row) => row.join());
  expect(made.length).toBeGreaterThan(700);
  expect([...made].sort()).toEqual([...expected].sort());
});
