import { statSync } from 'node:fs';
import { join } from 'node:path';
import { cliLakes } from './testing/cli-lake.js';
import { suiteDuckdb } from './testing/duckdb.js';
import { runApp } from './testing/run-app.js';

const data = process.env.TICKLAKE_DATA;
const suite = data === undefined && process.env.CI === undefined ? describe.skip : describe;
const setUp = cliLakes();
const duckdb = suiteDuckdb();

const TRADES = `select 'binance' as exchange, 'BTCUSDT' as symbol, epoch_us(timestamp) as timestamp, epoch_us(timestamp) as local_timestamp,
  trade_id as id, if(buyer_maker = 'True', 'sell', 'buy') as side, price, quantity as amount
  from '${data}/tick-parquet/binance_btcusdt-trades.parquet'`;
const CANDLES = `select column00 as timestamp, column01 as open, column02 as high, column03 as low, column04 as close, column05 as volume
  from read_csv('${data}/binance/klines/BTCUSDT-1m-2024-02-28.csv', header = false)`;
const BTC = ['--instrument', 'BINANCE:SPOT_PAIR:BTC-USDT'];

suite('a partition of real rows, beside CSV of the same columns (AP-33, C-53)', () => {
  it.each([
    { title: '2,001 trades', tier: 'execution', dataType: 'trades', rows: TRADES, percent: 23, views: 4 },
    { title: 'a day of candles', tier: 'ml', dataType: 'ohlcv_1m', rows: CANDLES, percent: 50, views: 5 },
  ])('$title take $percent % of it, and $views times as much in all views', async (given) => {
    const { directory, input, files } = setUp();
    await duckdb.rows(`copy (${given.rows}) to '${input}/source.csv' (header)`);
    const bytesOf = async (copies: string) => {
      const lake = join(directory, copies);
      const places = ['--input', input, '--output', lake, '--copies', copies];
      const { code } = await runApp([
        'partition',
        given.tier,
        ...places,
        '--data-type',
        given.dataType,
        ...BTC,
      ]);
      expect(code).toBe(0);
      const rows = files(lake).filter((name) => name.endsWith('.parquet'));
      return rows.reduce((sum, name) => sum + statSync(join(lake, name)).size, 0);
    };
    const [one, all] = [await bytesOf('primary'), await bytesOf('all')];
    expect(Math.round((100 * one) / statSync(join(input, 'source.csv')).size)).toBe(given.percent);
    expect(all).toBe(given.views * one);
  });
});
