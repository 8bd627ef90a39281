import { statSync } from 'node:fs';
import { join } from 'node:path';
import { CATEGORICAL_COLUMNS } from '@ticklake/market';
import { candles, cliLakes, instruments, trades } from './testing/cli-lake.js';
import { suiteDuckdb } from './testing/duckdb.js';
import { runApp } from './testing/run-app.js';

const setUp = cliLakes();
const duckdb = suiteDuckdb();
const NAMES = 'year,month,day,date,venue,instrument_id,data_type,data_tier,timeframe';

/** Assets that stand in more than one pair. */
const PAIRS = ['BTC', 'ETH'].flatMap((base) =>
  ['USDT', 'FDUSD', 'EUR'].map((quote) => [base, quote] as const),
);

/** A lake with a day of each tier, whose files hold all columns that paths say. */
async function setUpLake() {
  const lake = setUp();
  lake.put('ticks/trades.csv', trades(['BTCUSDT', 0, 'buy', 1], ['BTCUSDT', 0, 'sell', 2]));
  lake.put('klines/klines.csv', candles(3));
  lake.put('instruments/tardis.json', instruments(PAIRS));
  const of = (tier: string, folder: string, ...args: readonly string[]) =>
    runApp([
      'partition',
      tier,
      '--input',
      join(lake.input, folder),
      '--output',
      lake.lake,
      '--materialize-columns',
      NAMES,
      ...args,
    ]);
  await of('execution', 'ticks', '--data-type', 'trades');
  await of('ml', 'klines', '--data-type', 'ohlcv_1m', '--instrument', 'binance:SPOT_PAIR:BTC-USDT');
  await of('availability', 'instruments', '--date', '2023-05-23');
  return lake;
}

describe('files, as DuckDB reads them', () => {
  let files = '';
  beforeAll(async () => {
    const { lake } = await setUpLake();
    files = join(lake, '*', 'by_date', '**', '*.parquet');
  });

  it('have the eight categorical columns as dictionaries (AP-25)', async () => {
    const list = CATEGORICAL_COLUMNS.map((name) => `'${name}'`).join();
    const found = await duckdb.rows(
      `select distinct path_in_schema from parquet_metadata('${files}') where dictionary_page_offset is not null and path_in_schema in (${list})`,
    );
    expect(found.flat().sort()).toEqual([...CATEGORICAL_COLUMNS].sort());
  });

  it('have a dictionary only where it takes less room: no two instruments of a day have one id', async () => {
    const chunks = `from parquet_metadata('${files}') where path_in_schema = 'instrument_id'`;
    expect(
      await duckdb.rows(`select num_values, dictionary_page_offset is not null ${chunks} order by 1`),
    ).toEqual([
      ['2', 'true'],
      ['3', 'true'],
      ['6', 'false'],
    ]);
  });

  it('are compressed by snappy (AP-28)', async () => {
    expect(await duckdb.rows(`select distinct compression from parquet_metadata('${files}')`)).toEqual([
      ['SNAPPY'],
    ]);
  });

  it('have the columns that paths say where they are wanted (AP-23), of the types of the guide (AP-26, AP-27)', async () => {
    const columns = await duckdb.rows(
      `describe select ${NAMES} from read_parquet('${files}', union_by_name = true)`,
    );
    expect(columns.map(([name, type]) => `${name} ${type}`)).toEqual([
      ...['year SMALLINT', 'month SMALLINT', 'day SMALLINT', 'date DATE'],
      ...['venue', 'instrument_id', 'data_type', 'data_tier', 'timeframe'].map((name) => `${name} VARCHAR`),
    ]);
    const values = await duckdb.rows(
      `select distinct year, month, day, date::varchar, data_tier, data_type, timeframe from read_parquet('${files}', union_by_name = true) order by data_tier`,
    );
    const day = ['2023', '5', '23', '2023-05-23'];
    expect(values).toEqual([
      [...day, 'availability', 'available_instruments', null],
      [...day, 'execution', 'trades', null],
      [...day, 'ml', 'ohlcv_1m', '1m'],
    ]);
  });
});

/** Trades of a day whose price walks by ticks, as they do. */
function walk(count: number): string {
  const lines = Array.from({ length: count }, (_, i): [string, number, string, number] => {
    const price = 27_000 + ((i * 7919) % 613) / 10;
    return ['BTCUSDT', 0, (i * 31) % 7 < 3 ? 'buy' : 'sell', price];
  });
  return trades(...lines);
}

it('one copy of ticks takes less room than their CSV, and the copies of all views so many times as much (AP-33)', async () => {
  const { directory, input, put, files } = setUp();
  put('trades.csv', walk(20_000));
  const csvBytes = statSync(join(input, 'trades.csv')).size;
  const bytesOf = async (copies: string) => {
    const lake = join(directory, copies);
    const argv = [
      'partition',
      'execution',
      '--input',
      input,
      '--output',
      lake,
      '--data-type',
      'trades',
      '--copies',
      copies,
    ];
    expect((await runApp(argv)).code).toBe(0);
    return files(lake)
      .filter((name) => name.endsWith('.parquet'))
      .reduce((sum, name) => sum + statSync(join(lake, name)).size, 0);
  };
  const [one, all] = [await bytesOf('primary'), await bytesOf('all')];
  expect(one).toBeLessThan(csvBytes / 2);
  expect(all).toBe(4 * one);
});
