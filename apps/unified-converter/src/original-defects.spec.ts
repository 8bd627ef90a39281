// Ten defects that the program of this name had which the converter takes the place of. Each is a test that fails there.
import { join } from 'node:path';
import { localStore } from '@ticklake/storage';
import { readPartitionedDataset, type ReadOptions } from './reader/read-partitioned-dataset.js';
import { ARENA, suiteDirectory, testLake } from './testing/context.js';
import { duckdbRows } from './testing/duckdb.js';
import { binanceKlines, consolidatedTrades, dayMs } from './testing/rows.js';

const directory = suiteDirectory();
let number = 0;

const HEADER = 'timestamp,open,high,low,close,volume\n';
const KLINES = 'klines_binance_BTCUSDT_1m_consolidated.csv';
const TRADES = 'aggtrades_binance_BTCUSDT_consolidated.csv';
const TRADES_HEADER = 'timestamp,price,quantity,is_buyer_maker,agg_trade_id\n';

function localLake() {
  const root = join(directory, String(number++));
  const lake = testLake(directory, { output: localStore(join(root, 'unified')) });
  const files = (dataset: string) =>
    `read_parquet('${root}/unified/${dataset}/**/*.parquet', hive_partitioning = true)`;
  return { ...lake, root, files };
}

it('1: times in whole milliseconds are not taken for nanoseconds: nothing lands in 1970', async () => {
  const lake = localLake();
  await lake.put(KLINES, `${HEADER}${dayMs('2024-02-29')},1,1,1,1,1\n`);
  await lake.convert();
  expect(await duckdbRows(`SELECT year, month, day FROM ${lake.files('klines')}`)).toEqual([
    ['2024', '2', '29'],
  ]);
});

it('2: microseconds are not taken for nanoseconds, and a unit is never that of the largest number in a mix', async () => {
  const lake = localLake();
  await lake.put('BTCUSDT-1m-2025-01-01.csv', binanceKlines('2025-01-01', { bars: 3, unit: 1000 }));
  await lake.convert();
  expect(await duckdbRows(`SELECT DISTINCT year, month, day FROM ${lake.files('klines')}`)).toEqual([
    ['2025', '1', '1'],
  ]);
  const mixed = testLake(directory);
  await mixed.put(KLINES, `${HEADER}${dayMs('2024-12-31')},1,1,1,1,1\n${dayMs('2025-01-01')}000,1,1,1,1,1\n`);
  await expect(mixed.convert()).rejects.toMatchObject({ code: 'TIME_UNIT_MIXED', details: { line: 3 } });
});

it('3: trades of one time, price and quantity are trades each: none is dropped', async () => {
  const lake = localLake();
  await lake.put('BTCUSDT-1m-2024-01-01.csv', binanceKlines('2024-01-01'));
  const row = (id: number) => `${dayMs('2024-01-01')},42000.5,0.25,True,${id}\n`;
  await lake.put(TRADES, TRADES_HEADER + row(1) + row(2) + row(3) + row(3));
  await lake.convert();
  expect(await duckdbRows(`SELECT trade_id FROM ${lake.files('aggtrades')} ORDER BY 1`)).toEqual([
    ['1'],
    ['2'],
    ['3'],
    ['3'],
  ]);
});

it('4: a missing price is not filled with zero: the source is refused', async () => {
  const lake = testLake(directory);
  await lake.put(KLINES, `${HEADER}${dayMs('2024-01-01')},1,1,1,,1\n`);
  await expect(lake.convert()).rejects.toMatchObject({
    code: 'CSV_VALUE',
    details: { line: 2, column: 'close' },
  });
  expect((await lake.published()).size).toBe(0);
});

it('5: a day that is new is converted alone, not every day after it as well', async () => {
  const lake = testLake(directory);
  for (const day of ['2024-01-01', '2024-01-03', '2024-01-04'])
    await lake.put(`BTCUSDT-1m-${day}.csv`, binanceKlines(day));
  await lake.convert();
  const before = await lake.published();
  await lake.put('BTCUSDT-1m-2024-01-02.csv', binanceKlines('2024-01-02'));
  expect((await lake.convert()).datasets[0]).toMatchObject({ done: 1 });
  const after = await lake.published();
  for (const [key, etag] of before) expect(after.get(key)).toBe(etag);
  expect(after.size).toBe(4);
});

it('6: nothing is divided by a volume of zero, and infinity is refused', async () => {
  const lake = localLake();
  await lake.put(KLINES, `${HEADER}${dayMs('2024-01-01')},1,1,1,1,0\n`);
  await lake.convert();
  expect(await duckdbRows(`SELECT volume FROM ${lake.files('klines')}`)).toEqual([['0']]);
  const infinite = testLake(directory);
  await infinite.put(KLINES, `${HEADER}${dayMs('2024-01-01')},1,1,1,1,inf\n`);
  await expect(infinite.convert()).rejects.toMatchObject({ code: 'CSV_VALUE' });
});

it('7: every day is validated, not four chosen ones', async () => {
  const lake = testLake(directory);
  for (const day of ['2019-05-05', '2024-01-01'])
    await lake.put(`BTCUSDT-1m-${day}.csv`, binanceKlines(day, { bars: 1439 }));
  const report = (await lake.convert()).validation?.datasets['klines/binance_BTCUSDT_1m'];
  expect(report).toMatchObject({ status: 'WARN', findings: { gaps: 2 } });
  expect(Object.keys(report?.partitions ?? {})).toHaveLength(2);
});

it('8: without klines a run fails; trades and fundings may be missing', async () => {
  const lake = testLake(directory);
  await lake.put(TRADES, consolidatedTrades('2024-01-01'));
  await expect(lake.convert()).rejects.toMatchObject({ code: 'NO_KLINES' });
  expect((await lake.published()).size).toBe(0);
  await lake.data.delete(TRADES);
  await lake.put('BTCUSDT-1m-2024-01-01.csv', binanceKlines('2024-01-01'));
  expect(await lake.convert()).toMatchObject({ failed: 0, skipped: ['aggtrades', 'futures'] });
});

it('9: every filter counts, the fourth and fifth as well, and = is an operator', async () => {
  const lake = localLake();
  await lake.put('BTCUSDT-1m-2024-01-01.csv', binanceKlines('2024-01-01'));
  await lake.put('BTCUSDT-1m-2024-01-02.csv', binanceKlines('2024-01-02'));
  await lake.convert();
  const path = join(lake.root, 'unified/klines/binance_BTCUSDT_1m');
  const filters: ReadOptions['filters'] = [
    ['year', '=', 2024],
    ['month', '=', 1],
    ['day', '=', 2],
    ['open', '<', 40_001],
    ['volume', '=', 3.25],
  ];
  let rows = 0;
  for await (const batch of readPartitionedDataset(path, { filters, arena: ARENA })) rows += batch.rowCount;
  const [expected] = await duckdbRows(
    `SELECT count(*) FROM ${lake.files('klines')} WHERE day = 2 AND open < 40001 AND volume = 3.25`,
  );
  expect([String(rows)]).toEqual(expected);
  expect(rows).toBeGreaterThan(0);
});

it('10: exchange and symbol are spelled the same in every directory, as they were asked for', async () => {
  const lake = testLake(directory);
  await lake.put('klines_binance_BTCUSDT_1m_consolidated.csv', `${HEADER}${dayMs('2024-01-01')},1,1,1,1,1\n`);
  await lake.convert({ exchange: 'BINANCE' });
  expect([...(await lake.published()).keys()]).toEqual([
    'klines/BINANCE_BTCUSDT_1m/exchange=BINANCE/symbol=BTCUSDT/timeframe=1m/year=2024/month=1/day=1/data.parquet',
  ]);
});
