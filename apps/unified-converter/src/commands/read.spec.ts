import { localStore } from '@ticklake/storage';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suiteDirectory, testLake } from '../testing/context.js';
import { duckdbRows } from '../testing/duckdb.js';
import { binanceKlines, consolidatedFundings, consolidatedTrades, dayMs } from '../testing/rows.js';
import { runApp } from '../testing/run-app.js';

const root = suiteDirectory();
const klines = join(root, 'unified/klines/binance_BTCUSDT_1m');
const trades = join(root, 'unified/aggtrades/binance_BTCUSDT');
const futures = join(root, 'unified/futures/binance_BTCUSDT');

beforeAll(async () => {
  const lake = testLake(root, { output: localStore(join(root, 'unified')) });
  for (const day of ['2024-01-31', '2024-02-01']) await lake.put(`BTCUSDT-1m-${day}.csv`, binanceKlines(day));
  await lake.put('aggtrades_binance_BTCUSDT_consolidated.csv', consolidatedTrades('2024-01-31'));
  await lake.put('futures_binance_BTCUSDT_consolidated.csv', consolidatedFundings('2024-01-31'));
  await lake.convert();
});

const linesOf = (text: string) => text.trimEnd().split('\n');

describe('read', () => {
  it.each([
    ['csv', 'read_csv'],
    ['ndjson', 'read_json'],
  ])('prints every row as %s, from which DuckDB makes the published rows again', async (format, reader) => {
    const { code, out, err } = await runApp(['read', trades, '--format', format]);
    expect([code, err]).toEqual([0, '']);
    const file = join(root, `rows.${format}`);
    writeFileSync(file, out);
    const columns =
      'timestamp::BIGINT, exchange, symbol, timeframe, trade_price::DOUBLE, trade_quantity::DOUBLE, trade_is_buyer_maker::BOOLEAN, trade_id::BIGINT, year::INT, month::INT, day::INT';
    const select = (from: string) => duckdbRows(`SELECT ${columns} FROM ${from} ORDER BY trade_id::BIGINT`);
    const rows = await select(`${reader}('${file}')`);
    expect(rows).toHaveLength(10);
    expect(rows).toEqual(await select(`read_parquet('${trades}/**/data.parquet', hive_partitioning = true)`));
  });

  it('prints the columns that are asked for, of the rows that match, and no more than are wanted', async () => {
    const { code, out } = await runApp([
      ...['read', klines, '--columns', 'day,timestamp,volume', '--filter', 'month=2'],
      ...['--filter', 'volume>=5', '--limit', '3'],
    ]);
    const ms = dayMs('2024-02-01');
    expect([code, linesOf(out)]).toEqual([
      0,
      ['day,timestamp,volume', ...[5, 6, 12].map((minute) => `1,${ms + minute * 60_000},${minute % 7}.25`)],
    ]);
  });

  it('prints missing values as empty cells, and as null', async () => {
    const args = ['read', futures, '--columns', 'funding_rate,funding_time', '--limit', '1'];
    expect((await runApp(args)).out).toBe('funding_rate,funding_time\n0.0001,\n');
    expect((await runApp([...args, '--format', 'ndjson'])).out).toBe(
      '{"funding_rate":0.0001,"funding_time":null}\n',
    );
    expect(linesOf((await runApp([...args, '--json'])).out).map((line) => JSON.parse(line))).toEqual([
      { columns: ['funding_rate', 'funding_time'] },
      [{ funding_rate: 0.0001, funding_time: null }],
    ]);
  });

  it('prints the names of columns where no row matches, and nothing as NDJSON', async () => {
    const args = ['read', klines, '--columns', 'timestamp,close', '--filter', 'year=1999'];
    expect(await runApp(args)).toMatchObject({ code: 0, out: 'timestamp,close\n' });
    expect(await runApp([...args, '--format', 'ndjson'])).toMatchObject({ code: 0, out: '' });
  });

  it.each([
    ['a condition that is none', [klines, '--filter', 'year~2024'], 2, 'not a condition'],
    ['a column that is not there', [klines, '--columns', 'price'], 2, 'a dataset has no such column'],
    ['a filter on a column that is not there', [klines, '--filter', 'price=1'], 2, 'a filter cannot be used'],
    ['a folder without a dataset', [join(root, 'empty')], 10, 'there is no partition of a dataset'],
  ])('refuses %s before it prints anything', async (_, args, code, named) => {
    mkdirSync(join(root, 'empty'), { recursive: true });
    expect(await runApp(['read', ...args])).toEqual({ code, out: '', err: expect.stringContaining(named) });
  });
});
