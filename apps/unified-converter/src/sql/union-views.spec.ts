import { DuckDBInstance } from '@duckdb/node-api';
import { localStore } from '@ticklake/storage';
import { join } from 'node:path';
import { suiteDirectory, testLake, type TestLake } from '../testing/context.js';
import { binanceKlines, consolidatedFundings, consolidatedTrades, dayMs } from '../testing/rows.js';
import { runApp } from '../testing/run-app.js';

const root = suiteDirectory();
// What a path may have in it, and SQL would take for the end of a text.
const unified = join(root, "it's unified");

const MARKETS = [
  { exchange: 'binance', symbol: 'BTCUSDT' },
  { exchange: 'okx', symbol: 'BTC-USDT' },
  { exchange: 'okx', symbol: 'ETH-USDT' },
];

beforeAll(async () => {
  const lake = testLake(root, { output: localStore(unified) });
  const [first, second, third] = MARKETS as [Market, Market, Market];
  await market(lake, first, { sources: ['2024-01-01', '2024-01-02'] });
  await market(lake, second, { sources: ['2024-01-01'], timeUnit: 'us', partitionBy: 'month' });
  await market(lake, third, { sources: ['2024-01-02'], storePartitionColumns: true, resample: ['1h'] });
});

type Market = (typeof MARKETS)[number];

async function market(
  lake: TestLake,
  { exchange, symbol }: Market,
  {
    sources,
    ...changes
  }: { readonly sources: readonly string[] } & Omit<
    NonNullable<Parameters<TestLake['convert']>[0]>,
    'sources'
  >,
): Promise<void> {
  const of = `${exchange}_${symbol}`;
  for (const day of sources) await lake.put(`${symbol}-1m-${day}.csv`, binanceKlines(day));
  const trades = consolidatedTrades(sources[0] ?? '', { trades: 5 });
  await lake.put(`aggtrades_${of}_consolidated.csv`, trades);
  await lake.put(`futures_${of}_consolidated.csv`, consolidatedFundings(...sources));
  await lake.convert({ exchange, symbol, ...changes });
}

/** Queries over the views that the command prints. */
async function views() {
  const { code, out } = await runApp(['sql', unified]);
  expect(code).toBe(0);
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(out);
  return async (sql: string) =>
    (await connection.runAndReadAll(sql)).getRows().map((row) => row.map(String).join(' '));
}

it('has the rows of all exchanges, symbols and timeframes in one view of each kind', async () => {
  const query = await views();
  const counts = (name: string) =>
    query(`SELECT exchange, symbol, timeframe, count(*) FROM ${name} GROUP BY ALL ORDER BY ALL`);
  expect(await counts('klines')).toEqual([
    'binance BTCUSDT 1m 2880',
    'okx BTC-USDT 1m 1440',
    'okx ETH-USDT 1h 24',
    'okx ETH-USDT 1m 1440',
  ]);
  expect(await counts('aggtrades')).toEqual([
    'binance BTCUSDT 1m 5',
    'okx BTC-USDT 1m 5',
    'okx ETH-USDT 1m 5',
  ]);
  expect(await counts('futures')).toEqual(['binance BTCUSDT 1m 6', 'okx BTC-USDT 1m 3', 'okx ETH-USDT 1m 3']);
});

it('has the columns of the guide, with their types, wherever they stand, and the instant beside', async () => {
  const query = await views();
  const columns = (name: string) => query(`SELECT column_name, column_type FROM (DESCRIBE ${name})`);
  const day = ['year SMALLINT', 'month TINYINT', 'day TINYINT', 'time TIMESTAMP'];
  const market = ['timestamp BIGINT', 'exchange VARCHAR', 'symbol VARCHAR', 'timeframe VARCHAR'];
  expect(await columns('klines')).toEqual([
    ...market,
    ...['open DOUBLE', 'high DOUBLE', 'low DOUBLE', 'close DOUBLE', 'volume DOUBLE'],
    ...day,
  ]);
  expect(await columns('futures')).toEqual([
    ...market,
    ...['funding_rate DOUBLE', 'funding_time BIGINT'],
    ...day,
  ]);
});

it('has one time for one instant, in whichever unit it is kept', async () => {
  const query = await views();
  const [ms, iso] = [dayMs('2024-01-01') + 1000, '2024-01-01 00:00:01'];
  const rows = await query(
    `SELECT exchange, timestamp, trade_id FROM aggtrades WHERE time = TIMESTAMP '${iso}' ORDER BY exchange`,
  );
  expect(rows).toEqual([`binance ${ms} 2`, `okx ${ms}000 2`]);
});

it('has the day of every row, also of fundings by month', async () => {
  const query = await views();
  const days = `SELECT symbol, day, count(*) FROM futures WHERE year = 2024 AND month = 1 GROUP BY ALL ORDER BY ALL`;
  expect(await query(days)).toEqual(['BTC-USDT 1 3', ...['BTCUSDT 1 3', 'BTCUSDT 2 3'], 'ETH-USDT 2 3']);
});

it('reads no file of an exchange that is not asked for', async () => {
  const query = await views();
  const plan = await query(
    "EXPLAIN ANALYZE SELECT count(*) FROM klines WHERE exchange = 'okx' AND symbol = 'BTC-USDT'",
  );
  expect(plan.join('\n')).toMatch(/Scanning Files: 1\/[34]/);
});

it('says where nothing is published', async () => {
  expect(await runApp(['sql', join(root, 'nothing')])).toMatchObject({
    code: 10,
    out: '',
    err: expect.stringContaining('there is no metadata of datasets'),
  });
});
