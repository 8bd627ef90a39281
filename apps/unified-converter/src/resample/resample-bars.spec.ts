import { join } from 'node:path';
import { resampleBars } from '@ticklake/market';
import { localStore } from '@ticklake/storage';
import { readPartitionedDataset } from '../reader/read-partitioned-dataset.js';
import { ARENA, suiteDirectory, testLake } from '../testing/context.js';
import { duckdbRows } from '../testing/duckdb.js';
import { binanceKlines } from '../testing/rows.js';

const directory = suiteDirectory();
const FRAMES = ['5m', '15m', '1h', '4h', '1d'];

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
